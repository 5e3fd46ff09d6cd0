package labarchives

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// The methods of the interface that are used, as the reference's live tests and open
// clients show them.
const (
	methodLogin       = "users/user_access_info"
	methodAccount     = "users/user_info_via_id"
	methodLimit       = "users/max_file_size"
	methodTime        = "utilities/epoch_time"
	methodLevel       = "tree_tools/get_tree_level"
	methodInsert      = "tree_tools/insert_node"
	methodMove        = "tree_tools/update_node"
	methodEntries     = "tree_tools/get_entries_for_page"
	methodAdd         = "entries/add_entry"
	methodUpdate      = "entries/update_entry"
	methodAttach      = "entries/add_attachment"
	methodReplace     = "entries/update_attachment"
	methodDownload    = "entries/entry_attachment"
	root              = "0" // parent of the top level of a notebook
	textEntry         = "text entry"
	caption           = "NexusLIMS XML record"
	changeDescription = "NexusLIMS: new version of the record"
)

// node is a folder or a page of a notebook.
type node struct {
	ID, Name string
	Page     bool
}

// entry is one entry of a page.
type entry struct {
	ID       string
	Part     string // lower case: "text entry", "attachment"
	File     string // name of an attachment
	Caption  string
	Data     string // HTML of a text entry, when it was asked for
	URL      string // for people; often empty
	Created  time.Time
	Modified time.Time
}

// values makes parameters of names and values in turn.
func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// level lists what stands directly below a node. Nodes without id or name are left out.
func (c *client) level(ctx context.Context, notebook, parent string) ([]node, error) {
	answer, err := c.ask(ctx, call{method: methodLevel, query: values("nbid", notebook, "parent_tree_id", parent)})
	if err != nil {
		return nil, err
	}
	var nodes []node
	for _, e := range answer.all("level-node") {
		n := node{e.word("tree-id"), strings.TrimSpace(e.whole("display-text")), e.yes("is-page")}
		if n.ID != "" && n.Name != "" {
			nodes = append(nodes, n)
		}
	}
	return nodes, nil
}

// insert makes a folder or a page.
func (c *client) insert(ctx context.Context, notebook, parent, name string, folder bool) (string, error) {
	answer, err := c.ask(ctx, call{method: methodInsert, creates: true, query: values(
		"nbid", notebook, "parent_tree_id", parent, "display_text", name, "is_folder", strconv.FormatBool(folder))})
	if err != nil {
		return "", err
	}
	if id := answer.word("tree-id"); id != "" {
		return id, nil
	}
	return "", nexuslims.E(nexuslims.Invalid, "answer of", methodInsert, missing("insert_node", "tree-id", "'"+name+"'"))
}

// move puts a node below another one.
func (c *client) move(ctx context.Context, notebook, id, parent string) error {
	_, err := c.ask(ctx, call{method: methodMove, query: values("nbid", notebook, "tree_id", id, "parent_tree_id", parent)})
	return err
}

// entries lists the entries of a page, with the content of text entries if wanted.
func (c *client) entries(ctx context.Context, notebook, page string, content bool) ([]entry, error) {
	answer, err := c.ask(ctx, call{method: methodEntries, query: values(
		"nbid", notebook, "page_tree_id", page, "entry_data", strconv.FormatBool(content))})
	if err != nil {
		return nil, err
	}
	var found []entry
	for _, e := range answer.all("entry") {
		if x := entryOf(e); x.ID != "" {
			found = append(found, x)
		}
	}
	return found, nil
}

func entryOf(e *element) entry {
	return entry{
		ID: e.word("eid"), Part: strings.ToLower(e.word("part-type")), File: e.word("attach-file-name"),
		Caption: e.word("caption"), Data: e.whole("entry-data"), URL: e.word("entry-url"),
		Created: instant(e.word("created-at")), Modified: instant(e.word("updated-at")),
	}
}

// instant reads a time; zero when it is none.
func instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// add makes a text entry.
func (c *client) add(ctx context.Context, notebook, page, html string) (entry, error) {
	answer, err := c.ask(ctx, call{method: methodAdd, creates: true, form: values(
		"nbid", notebook, "pid", page, "part_type", textEntry, "entry_data", html)})
	return created(answer, err, methodAdd, page)
}

// update replaces the content of a text entry.
func (c *client) update(ctx context.Context, id, html string) error {
	_, err := c.ask(ctx, call{method: methodUpdate, form: values("eid", id, "entry_data", html)})
	return err
}

// attach makes an attachment. In the inbox, without a page, place is left out.
func (c *client) attach(ctx context.Context, notebook, page, name string, file []byte) (entry, error) {
	q := values("filename", name, "caption", caption)
	if page != inboxPage {
		q.Set("nbid", notebook)
		q.Set("pid", page)
	}
	answer, err := c.ask(ctx, call{method: methodAttach, creates: true, query: q, upload: file})
	return created(answer, err, methodAttach, page)
}

// replace gives an attachment another content.
func (c *client) replace(ctx context.Context, id, name string, file []byte) error {
	_, err := c.ask(ctx, call{method: methodReplace, upload: file, query: values(
		"eid", id, "filename", name, "change_description", changeDescription)})
	return err
}

// download returns the content of an attachment.
func (c *client) download(ctx context.Context, id string) ([]byte, error) {
	return c.do(ctx, call{method: methodDownload, query: values("eid", id), secrets: new([]string)})
}

func created(answer *element, err error, method, page string) (entry, error) {
	if err != nil {
		return entry{}, err
	}
	e := entryOf(answer)
	if e.ID == "" {
		name := method[strings.IndexByte(method, '/')+1:]
		return e, nexuslims.E(nexuslims.Invalid, "answer of", method, missing(name, "eid", "page "+page))
	}
	return e, nil
}

// limit returns the largest file that the service takes, in bytes.
func (c *client) limit(ctx context.Context) (int64, error) {
	answer, err := c.ask(ctx, call{method: methodLimit})
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(answer.word("max-file-size"), 10, 64)
	if err != nil || n <= 0 {
		return 0, nexuslims.E(nexuslims.Invalid, "answer of", methodLimit, errors.New("there is no size in it"))
	}
	return n, nil
}

// person is an account with its notebooks.
type person struct {
	ID, Name, Email string
	Notebooks       []notebook
}

type notebook struct {
	ID, Name string
	Default  bool
}

// account returns the account of the configured user.
func (c *client) account(ctx context.Context) (person, error) {
	answer, err := c.ask(ctx, call{method: methodAccount})
	if err != nil {
		return person{}, err
	}
	return personOf(answer), nil
}

// login returns the account of a login, by its password or the one-hour token that the
// service's user menu gives ("External App authentication").
func (c *client) login(ctx context.Context, name string, password nexuslims.Secret) (person, error) {
	answer, err := c.ask(ctx, call{
		method: methodLogin, nobody: true, secrets: &[]string{password.Reveal()},
		query: values("login_or_email", name, "password", password.Reveal()),
	})
	if err != nil {
		return person{}, err
	}
	p := personOf(answer)
	if p.ID == "" {
		return p, nexuslims.E(nexuslims.Invalid, "answer of", methodLogin, missing("user_access_info", "id", name))
	}
	return p, nil
}

func personOf(answer *element) person {
	var p person
	for _, e := range answer.children { // notebooks have an id, too
		switch e.name {
		case "id":
			p.ID = strings.TrimSpace(e.text)
		case "fullname":
			p.Name = strings.TrimSpace(e.text)
		case "email":
			p.Email = strings.TrimSpace(e.text)
		}
	}
	for _, e := range answer.all("notebook") {
		if n := (notebook{e.word("id"), e.word("name"), e.yes("is-default")}); n.ID != "" {
			p.Notebooks = append(p.Notebooks, n)
		}
	}
	return p
}

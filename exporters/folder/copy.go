package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/nexuslims/nexuslims-go/exporters"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// copied are the files of a dataset, relative to the record's page; empty where it has none.
type copied struct{ Preview, Metadata string }

// copies are the files of all datasets by activity and place in it.
type copies [][]copied

func (c copies) at(activity, place int) copied { return c[activity][place] }

// copyFiles copies previews and metadata files of all datasets. One that cannot be read
// is left out with a warning.
func (t *tree) copyFiles(ctx context.Context, dir string, job *exporters.Job) (copies, []string, error) {
	files := make(copies, len(job.Record.Activities))
	var lost []string
	for i, a := range job.Record.Activities {
		files[i] = make([]copied, len(a.Datasets))
		for j, d := range a.Datasets {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			c, missing, err := t.copyDataset(dir, job.Files, d)
			if err != nil {
				return nil, nil, err
			}
			files[i][j] = c
			lost = append(lost, missing...)
		}
	}
	return files, warningsOf(lost), nil
}

// warningsOf keeps a list of many missing files short.
func warningsOf(lost []string) []string {
	const most = 10
	if len(lost) > most {
		rest := len(lost) - most
		lost = append(lost[:most:most], fmt.Sprintf("%d more files could not be read", rest))
	}
	return lost
}

// copyDataset copies the files of a dataset and says which could not be read.
func (t *tree) copyDataset(
	dir string, files exporters.Files, d nexuslims.Dataset,
) (c copied, lost []string, err error) {
	if files.Data == nil {
		return copied{}, nil, nil
	}
	stem := safeName(path.Base(d.Location))
	if d.Preview != "" {
		data, unread := content(files.Preview(d))
		if unread != nil {
			lost = append(lost, "preview of "+d.Name+" could not be read")
		} else if c.Preview, err = t.copyFile(dir, path.Join(previewsDir, stem), ".png", data); err != nil {
			return copied{}, nil, err
		}
	}
	data, unread := content(files.Metadata(d))
	switch {
	case unread == nil:
		c.Metadata, err = t.copyFile(dir, path.Join(metadataDir, stem), ".json", data)
	case !errors.Is(unread, fs.ErrNotExist):
		lost = append(lost, "metadata of "+d.Name+" could not be read")
	}
	return c, lost, err
}

// content reads a file as it was opened.
func content(f fs.File, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return exporters.ReadAll(f, largest)
}

// copyFile writes a file under a name of its dataset and its content, and returns that
// name, relative to the folder of the record.
func (t *tree) copyFile(dir, stem, ending string, data []byte) (string, error) {
	name := stem + "-" + digest(data, 10) + ending
	return name, t.put(path.Join(dir, name), data)
}

// keepFiles removes previews and metadata files that no dataset has any more.
func (t *tree) keepFiles(dir string, files copies) error {
	kept := make(map[string]bool)
	for _, row := range files {
		for _, c := range row {
			kept[path.Base(c.Preview)], kept[path.Base(c.Metadata)] = true, true
		}
	}
	return errors.Join(t.keep(path.Join(dir, previewsDir), kept), t.keep(path.Join(dir, metadataDir), kept))
}

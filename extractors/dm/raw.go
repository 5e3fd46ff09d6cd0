package dm

import (
	"fmt"
	"io"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

// notShown are the entries of the root that say how windows and pages looked.
var notShown = map[string]bool{
	"ApplicationBounds": true, "LayoutType": true, "DocumentTags": true, "HasWindowPosition": true,
	"ImageSourceList": true, "Image Behavior": true, "InImageMode": true, "MinVersionList": true,
	"NextDocumentObjectID": true, "PageSetup": true, "Page Behavior": true, "SentinelList": true,
	"Thumbnails": true, "WindowPosition": true,
}

// rawBudget bounds the bytes of long arrays that are read for one file's raw groups.
const rawBudget = 64 << 20

// shower turns tags into output, reading what was left in the file.
type shower struct {
	r       io.ReaderAt
	budget  int64
	skipped int // arrays without digest because the budget was used up
}

// signal returns the raw groups of one signal: its own image, all annotations, and what
// else stands at the root.
func (s *shower) signal(root *Group, p picture) (*nexuslims.Object, error) {
	o := nexuslims.NewObject(4)
	for _, t := range root.Tags() {
		if notShown[t.Name] {
			continue
		}
		var v nexuslims.Value
		var err error
		switch {
		case t.Name == "ImageList":
			v, err = s.image(p)
		case t.Name == "DocumentObjectList" && t.Group != nil:
			v, err = s.documents(t.Group)
		default:
			v, err = s.tag(t)
		}
		if err != nil {
			return nil, fmt.Errorf("tag %q: %w", t.Name, err)
		}
		o.Set(t.Name, v)
	}
	return o, nil
}

func (s *shower) image(p picture) (nexuslims.Value, error) {
	shown := nexuslims.NewObject(2)
	for _, t := range p.group.Tags() {
		if t.Name != "ImageTags" && t.Name != "Name" {
			continue
		}
		v, err := s.tag(t)
		if err != nil {
			return nil, err
		}
		shown.Set(t.Name, v)
	}
	list := nexuslims.NewObject(1)
	list.Set("TagGroup0", shown)
	return list, nil
}

func (s *shower) documents(list *Group) (nexuslims.Value, error) {
	o := nexuslims.NewObject(len(list.Tags()))
	for _, t := range list.Tags() {
		shown := nexuslims.NewObject(1)
		if annotations, ok := t.Group.Get("AnnotationGroupList"); ok {
			v, err := s.tag(annotations)
			if err != nil {
				return nil, err
			}
			shown.Set(annotations.Name, v)
		}
		o.Set(t.Name, shown)
	}
	return o, nil
}

func (s *shower) tag(t Tag) (nexuslims.Value, error) {
	switch {
	case t.Group != nil:
		o := nexuslims.NewObject(len(t.Group.tags))
		for _, sub := range t.Group.tags {
			v, err := s.tag(sub)
			if err != nil {
				return nil, err
			}
			o.Set(sub.Name, v)
		}
		return o, nil
	case t.Value != nil:
		return nexuslims.CloneValue(t.Value), nil
	}
	if s.budget < t.Array.Bytes() {
		s.skipped++
	}
	return t.Array.read(s.r, &s.budget)
}

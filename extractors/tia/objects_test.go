package tia_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/tia"
	"github.com/nexuslims/nexuslims-go/internal/reference"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/nexuslims"
)

func digest(tb testing.TB, s *extractors.Signal) string {
	tb.Helper()
	require.NotNil(tb, s.Data)
	sum, err := s.Data.SHA256(context.Background())
	require.NoError(tb, err)
	return sum
}

// bytesOf returns an instrument file.
func bytesOf(tb testing.TB, name string) []byte {
	tb.Helper()
	f := reference.Open(tb, folder+"/"+name, "")
	b, err := f.Read(0, f.Size())
	require.NoError(tb, err)
	return b
}

// TestObjectsAreLikeTheirSeries: the values, axes and metadata that an .emi file of an
// instrument has are those of its series.
func TestObjectsAreLikeTheirSeries(t *testing.T) {
	for emi, series := range map[string][]string{
		"16x16_STEM_BF_DF_acquire.emi":   {"16x16_STEM_BF_DF_acquire_1.ser", "16x16_STEM_BF_DF_acquire_2.ser"},
		"64x64_TEM_images_acquire.emi":   {"64x64_TEM_images_acquire_1.ser"},
		"128x128-TEM_search.emi":         {"128x128-TEM_search_1.ser"},
		"more_ser_then_emi_metadata.emi": {"more_ser_then_emi_metadata_2.ser"},
	} {
		b := bytesOf(t, emi)
		r, err := folderOf(map[string][]byte{emi: b}).raw(t, emi)
		require.NoError(t, err, emi)
		assert.Empty(t, r.Warnings, emi)
		require.Len(t, r.Signals, len(series), emi)
		for i, name := range series {
			want := folderOf(map[string][]byte{emi: b, name: bytesOf(t, name)}).signal(t, name)
			got := r.Signals[i]
			assert.Equal(t, digest(t, want), digest(t, got), name)
			assert.Equal(t, want.Data.Axes, got.Data.Axes, name)
			assert.Equal(t, want.Meta.Text("DatasetType"), got.Meta.Text("DatasetType"), name)
			if want.Raw.Has("ObjectInfo") { // the second series of one file is not described
				assert.Equal(t, want.Raw.At("ObjectInfo", "Uuid"), got.Raw.At("ObjectInfo", "Uuid"), name)
			}
		}
	}
}

// TestObjectsWithoutSeries reads objects with settings, or all where none has any.
func TestObjectsWithoutSeries(t *testing.T) {
	spectrum, image := synth.TIAMap(1, 1, 32, 1, microscope()), synth.TIAPattern(8, 2, microscope())
	spectrum.EMI.Pixels, image.EMI.Pixels = spectrum.SER.Elements[0].Pixels, image.SER.Elements[0].Pixels
	marker := synth.EMIObject{Block: synth.EMIBlock{UUID: "marker"}}
	profile := synth.EMIObject{Type: 8, Columns: 5, Block: synth.EMIBlock{UUID: "profile"}}
	file := func(objects ...synth.EMIObject) *inFolder {
		b, err := synth.EMI{Objects: objects}.Bytes()
		require.NoError(t, err)
		return folderOf(map[string][]byte{"a.emi": b})
	}
	r, err := file(marker, spectrum.EMI, profile, image.EMI).raw(t, "a.emi")
	require.NoError(t, err)
	assert.Equal(t, "TIA EMI", r.Format)
	require.Len(t, r.Signals, 2)
	assert.Equal(t, []extractors.Axis{{Name: "Energy", Size: 32, Scale: 20, Unit: "eV"}}, r.Signals[0].Data.Axes)
	assert.Equal(t, "TEM_Diffraction", r.Signals[1].Meta.Text("Data Type"))
	assert.Equal(t, "1/nm", r.Signals[1].Data.Axes[0].Unit)
	assert.Equal(t, nexuslims.Text("ObjectInfo/AcquireDate in block 4 of a.emi"), origin(r.Signals[1], "Creation Time"))

	r, err = file(marker, profile).raw(t, "a.emi")
	require.NoError(t, err)
	require.Len(t, r.Signals, 1)
	assert.Equal(t, []int{5}, r.Signals[0].Data.Shape())

	_, err = file(marker).raw(t, "a.emi")
	require.ErrorIs(t, err, nexuslims.Unsupported)
}

func origin(s *extractors.Signal, field string) nexuslims.Value {
	for _, o := range s.Origins {
		if len(o.Path) == 1 && o.Path[0] == field {
			return nexuslims.Text(o.From)
		}
	}
	return nil
}

// TestWhichEMIFilesAreRead: those beside a series belong to it.
func TestWhichEMIFilesAreRead(t *testing.T) {
	o := synth.TIAStack(4, 1, 1, microscope())
	d := folderWith(t, true, nil, o)
	match := func(name string) (bool, string) {
		f, err := d.open(name)
		require.NoError(t, err)
		return tia.New().Match(f), tia.New().WhyMatch(f)
	}
	ok, why := match("map.emi")
	assert.False(t, ok)
	assert.Contains(t, why, "describes the series beside it")
	d.files["other.emi"] = d.files["map.emi"]
	ok, why = match("other.emi")
	assert.True(t, ok)
	assert.Equal(t, "an .emi file without series", why)
	d.files["text.emi"] = []byte(strings.Repeat("no container", 9))
	ok, _ = match("text.emi")
	assert.False(t, ok)
	ok, why = match("map_1.ser")
	assert.True(t, ok)
	assert.Equal(t, "reads .ser files", why)
}

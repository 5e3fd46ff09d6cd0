package basic_test

import (
	"testing"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/extractors/basic"
	"github.com/nexuslims/nexuslims-go/internal/reference"
)

// differences from the reference implementation, which gives type and time alone; the same
// rows stand in docs/differences.md.
func differences() []reference.Difference {
	all := reference.Added("useful", "Data Dimensions", "extensions/File Size", "extensions/MIME Type", "extensions/Color Model")
	for _, row := range []struct {
		files  []string
		fields []string
	}{
		{
			[]string{"test_loading_image_saved_with_imageJ.tif", "test_loading_image_saved_with_DM.tif", "olympus_SIS.tif"},
			[]string{"extensions/pixel_width", "extensions/pixel_height"},
		},
		{
			[]string{"test_loading_image_saved_with_imageJ.tif"},
			[]string{"extensions/ImageJ Version", "extensions/Display Range Minimum", "extensions/Display Range Maximum"},
		},
		{[]string{"test_rgba16.tif"}, []string{"extensions/Description", "extensions/Software"}},
		{[]string{"olympus_SIS.tif"}, []string{"extensions/Artist", "extensions/Make", "extensions/Magnification"}},
		{[]string{"test_rgba16.tif", "olympus_SIS.tif"}, []string{"extensions/Pages"}},
		{[]string{"optical_Zeiss_AxioVision_BW.tif", "olympus_SIS.tif"}, []string{"extensions/Model"}},
		{
			[]string{"optical_Zeiss_AxioVision_BW.tif", "olympus_SIS.tif", "test_rgba16.tif"},
			[]string{"extensions/Date and Time"},
		},
		{
			[]string{
				"optical_Zeiss_AxioVision_BW.tif", "olympus_SIS.tif", "test_loading_image_saved_with_DM.tif",
				"test_image_thumb_source.png",
			},
			[]string{"extensions/Print Resolution"},
		},
	} {
		all = append(all, reference.In(row.files, reference.Added("the file says so", row.fields...))...)
	}
	return all
}

func TestAgainstReference(t *testing.T) {
	suite := reference.Suite{
		Folder: "plain-images", Names: reference.Names(t, "plain-images"),
		Engine:      reference.Engine(t, []extractors.Extractor{basic.New()}),
		Differences: differences(),
	}
	suite.Run(t)
}

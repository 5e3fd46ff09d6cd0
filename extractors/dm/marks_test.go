package dm_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nexuslims/nexuslims-go/extractors"
	"github.com/nexuslims/nexuslims-go/internal/synth"
	"github.com/nexuslims/nexuslims-go/internal/testdata"
)

func TestMarks(t *testing.T) {
	annotation := func(kind uint32, more ...synth.Tag) synth.Tag {
		return synth.Tag{Value: append(synth.Group{
			{Name: "AnnotationType", Value: kind},
			{Name: "Rectangle", Value: synth.Record{float32(1), float32(2), float32(3), float32(4)}},
		}, more...)}
	}
	red := synth.Tag{Name: "ForegroundColor", Value: synth.Record{int16(-1), int16(0), int16(0)}}
	d := synth.DM{Version: 3, Thumbnail: synth.Pixels(8, 8, 1).Thumbnail(8), Annotations: synth.Group{
		annotation(2, red),
		annotation(23, synth.Tag{Name: "Label", Value: "Spectrum Image"}, synth.Tag{Name: "FillMode", Value: uint32(2)},
			synth.Tag{Name: "Color", Value: synth.Record{int16(0), int16(-258), int16(0x4000)}}),
		annotation(5, synth.Tag{Name: "FillMode", Value: uint32(1)}),
		annotation(13, synth.Tag{Name: "Text", Value: "A text"}),
		annotation(31),
		annotation(5, synth.Tag{Name: "IsVisible", Value: false}),
		{Value: synth.Group{{Name: "AnnotationType", Value: uint32(5)}}},
		{Value: int32(1)},
		annotation(6),
	}, Images: []synth.DMImage{shape("nm,nm", 8, 8)}}
	marks := read(t, d).Signals[0].Marks
	at := extractors.Mark{Top: 0.5, Left: 1.5, Bottom: 2.5, Right: 3.5, Red: 255}
	with := func(change func(m *extractors.Mark)) extractors.Mark {
		m := at
		change(&m)
		return m
	}
	assert.Equal(t, []extractors.Mark{
		with(func(m *extractors.Mark) { m.Shape = extractors.MarkLine }),
		with(func(m *extractors.Mark) {
			m.Shape, m.Dashed, m.Label, m.Red, m.Green, m.Blue = extractors.MarkRectangle, true, "Spectrum Image", 0, 254, 64
		}),
		with(func(m *extractors.Mark) { m.Shape, m.Filled = extractors.MarkRectangle, true }),
		with(func(m *extractors.Mark) { m.Shape, m.Label = extractors.MarkText, "A text" }),
		with(func(m *extractors.Mark) { m.Shape = extractors.MarkEllipse }),
	}, marks)
}

// TestMarksOfRealFiles have kind, colour and place in their names.
func TestMarksOfRealFiles(t *testing.T) {
	for name, want := range map[string]extractors.Mark{
		"line_marker_black":               {Shape: extractors.MarkLine},
		"line_marker_red":                 {Shape: extractors.MarkLine, Red: 255},
		"line_marker_white":               {Shape: extractors.MarkLine, Red: 255, Green: 255, Blue: 255},
		"rectangle_marker_white_top_left": {Shape: extractors.MarkRectangle, Red: 255, Green: 255, Blue: 255},
		"text_marker_white_top_right":     {Shape: extractors.MarkText, Red: 255, Green: 255, Blue: 255, Label: "A text"},
		"roi_line_marker_0_9_9_0_red_white_bottom_left_to_top_right": {Shape: extractors.MarkLine, Dashed: true, Red: 255},
	} {
		t.Run(name, func(t *testing.T) {
			signals := run(t, testdata.Unpacked(t, "instrument-files/gatan-dm/annotations/"+name+".dm3"), "")
			require.Len(t, signals[0].Marks, 1)
			m := signals[0].Marks[0]
			for _, c := range []float64{m.Top, m.Left, m.Bottom, m.Right} {
				assert.GreaterOrEqual(t, c, -0.5)
				assert.LessOrEqual(t, c, 9.5)
			}
			m.Top, m.Left, m.Bottom, m.Right, m.Filled = 0, 0, 0, 0, false
			assert.Equal(t, want, m)
		})
	}
	name := "SI_survey_image_active_beam_15_1_line_roi_spectrum_image_0_3_2_6_roi_box_spatial_drift_4_0_14_10"
	marks := run(t, testdata.Unpacked(t, "instrument-files/gatan-dm/annotations/"+name+".dm3"), "")[0].Marks
	labels := map[string]extractors.Mark{}
	for _, m := range marks {
		labels[m.Label] = m
	}
	assert.Equal(t, extractors.MarkPoint, labels["Beam"].Shape)
	assert.True(t, labels["Spectrum Image"].Dashed)
	assert.True(t, labels["Spatial Drift"].Dashed)
}

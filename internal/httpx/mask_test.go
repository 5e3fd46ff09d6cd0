package httpx_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nexuslims/nexuslims-go/internal/httpx"
)

func TestMaskHidesEverySpelling(t *testing.T) {
	secret := `a b+c/d="<é>'%`
	for _, form := range httpx.Spellings(secret) {
		assert.Equal(t, "said ***!", httpx.Mask("said "+form+"!", []string{secret}), form)
	}
	assert.Equal(t, "*** and ***", httpx.Mask("key-and-more and key", []string{"key", "key-and-more", ""}))
	assert.Equal(t, "nothing", httpx.Mask("nothing", []string{""}))
}

package labarchives

// Signature signs a call, PageURL makes the address of a page.
var (
	Signature = signature
	PageURL   = pageURL
)

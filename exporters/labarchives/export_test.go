package labarchives

// Signature signs a call.
var Signature = signature

package api

// ScimPrecondition refuses a change of a resource that is another one by now.
var ScimPrecondition = Kind{Name: "preconditionFailed", Status: 412}

// ScimKind returns the kind of refusal that a scimType of RFC 7644 is, as in
// invalidFilter.
func ScimKind(scimType string) Kind {
	if scimType == "uniqueness" {
		return Kind{Name: scimType, Status: 409}
	}
	return Kind{Name: scimType, Status: 400}
}

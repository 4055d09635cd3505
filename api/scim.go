package api

import "net/http"

// ScimPrecondition refuses a change of a resource that is another one by now.
var ScimPrecondition = Kind{Name: "preconditionFailed", Status: http.StatusPreconditionFailed}

// ScimKind returns the kind of refusal that a scimType of RFC 7644 is, as in
// invalidFilter.
func ScimKind(scimType string) Kind {
	if scimType == "uniqueness" {
		return Kind{Name: scimType, Status: http.StatusConflict}
	}
	return Kind{Name: scimType, Status: http.StatusBadRequest}
}

package schema

import "fmt"

// Error is a refusal in the words of SCIM. Its Detail never repeats a value that
// was sent: it is logged and recorded.
type Error struct {
	// Type is the scimType of RFC 7644, section 3.12, as in invalidFilter.
	Type   string
	Detail string
}

func (e *Error) Error() string { return e.Type + ": " + e.Detail }

// Refuse returns a refusal of a scimType.
func Refuse(scimType, format string, args ...any) *Error {
	return &Error{Type: scimType, Detail: fmt.Sprintf(format, args...)}
}

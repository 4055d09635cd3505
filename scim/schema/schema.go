// Package schema knows the attributes of SCIM resources (RFC 7643): how they are
// called, what they hold, and how what providers really send becomes that. It is
// pure: it knows no HTTP and no database.
//
// A resource is a map with the names of the schema. Attributes of an extension are
// in a map of their own under the URN of the extension.
package schema

import "strings"

// The URNs of the schemas.
const (
	User       = "urn:ietf:params:scim:schemas:core:2.0:User"
	Group      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

// Kind is the type of an attribute.
type Kind string

// The kinds of attributes.
const (
	Text      Kind = "string"
	Boolean   Kind = "boolean"
	Complex   Kind = "complex"
	DateTime  Kind = "dateTime"
	Reference Kind = "reference"
)

// Attribute describes an attribute of a resource, or a part of one.
type Attribute struct {
	Name string
	Kind Kind
	// Many says that it is a list.
	Many bool
	// Exact says that values are compared with regard to case.
	Exact bool
	// ReadOnly attributes are the server's; what is sent is ignored.
	ReadOnly bool
	// WriteOnly attributes are taken, never kept and never shown.
	WriteOnly bool
	Required  bool
	Parts     []Attribute
}

// Schema is a resource or an extension.
type Schema struct {
	ID, Name, Description string
	Attributes            []Attribute
}

// Type is a resource with its extensions.
type Type struct {
	Name, Endpoint string
	Core           Schema
	Extensions     []Schema
}

// find returns the attribute of a name in any case.
func find(list []Attribute, name string) *Attribute {
	for i := range list {
		if strings.EqualFold(list[i].Name, name) {
			return &list[i]
		}
	}
	return nil
}

// Part returns a part of a complex attribute; nil: there is none.
func (a *Attribute) Part(name string) *Attribute { return find(a.Parts, name) }

// Path is where an attribute is in a resource.
type Path struct {
	// URN is that of the extension; empty: the core schema.
	URN       string
	Attribute *Attribute
	// Part is nil for the whole attribute.
	Part *Attribute
}

// Find returns where an attribute is that a text names, as userName, name.givenName
// or URN:department, in any case; false: the resource has none. A path with a URN
// alone has no Attribute.
func (t *Type) Find(name string) (Path, bool) {
	schema, urn, rest := t.split(name)
	if schema == nil {
		return Path{}, false
	}
	if rest == "" {
		return Path{URN: urn}, urn != ""
	}
	first, second, parted := strings.Cut(rest, ".")
	p := Path{URN: urn, Attribute: find(schema.Attributes, first)}
	if p.Attribute == nil || !parted {
		return p, p.Attribute != nil
	}
	p.Part = p.Attribute.Part(second)
	return p, p.Part != nil
}

// split tells the schema of a name from the rest. After a URN a colon or, as old
// clients of Entra ID write, a dot follows.
func (t *Type) split(name string) (*Schema, string, string) {
	if rest, ok := afterURN(name, t.Core.ID); ok {
		return &t.Core, "", rest
	}
	for i := range t.Extensions {
		if rest, ok := afterURN(name, t.Extensions[i].ID); ok {
			return &t.Extensions[i], t.Extensions[i].ID, rest
		}
	}
	if strings.HasPrefix(strings.ToLower(name), "urn:") {
		return nil, "", ""
	}
	return &t.Core, "", name
}

func afterURN(name, urn string) (string, bool) {
	if len(name) < len(urn) || !strings.EqualFold(name[:len(urn)], urn) {
		return "", false
	}
	rest := name[len(urn):]
	if rest == "" {
		return "", true
	}
	return rest[1:], rest[0] == ':' || rest[0] == '.'
}

// Member returns the name of the member of a resource that a path leads into.
func (p Path) Member() string {
	if p.URN != "" {
		return p.URN
	}
	return p.Attribute.Name
}

// In returns the map of a resource that holds the attribute of a path; nil: there is
// none, unless it is to be made.
func (p Path) In(resource map[string]any, make bool) map[string]any {
	if p.URN == "" {
		return resource
	}
	extension, _ := resource[p.URN].(map[string]any)
	if extension == nil && make {
		extension = map[string]any{}
		resource[p.URN] = extension
	}
	return extension
}

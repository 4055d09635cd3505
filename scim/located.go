package scim

import (
	"encoding/json"
	"net/url"
	"strings"

	"carillon/scim/schema"
)

// located is a resource with addresses, and what the answer says of it.
type located struct {
	id, location, version string
	members               schema.Raw
}

// located adds addresses to a resource that the rules have written: its own, and those
// of what it refers to.
func (c *call) located(k *kind, text string) (r located) {
	members := schema.ParseRaw(text)
	meta := schema.ParseRaw(members.Get("meta"))
	r.id, r.version = schema.Unquote(members.Get("id")), schema.Unquote(meta.Get("version"))
	r.location = c.address(k.Endpoint, r.id)
	meta.Set("location", schema.Quote(r.location))
	members.Set("meta", string(meta.Append(nil)))
	c.refer(members, "groups", "/Groups")
	c.refer(members, "members", "/Users")
	r.members = members
	return r
}

func (c *call) address(endpoint, id string) string {
	return c.Base + endpoint + "/" + url.PathEscape(id)
}

// refer adds addresses to the values of a list.
func (c *call) refer(members schema.Raw, name, endpoint string) {
	list := members.Get(name)
	if list == "" {
		return
	}
	to := append(make([]byte, 0, 3*len(list)), '[')
	for value := range schema.Elements(list) {
		if len(to) > 1 {
			to = append(to, ',')
		}
		parts := schema.ParseRaw(value)
		parts.Set("$ref", schema.Quote(c.address(endpoint, schema.Unquote(parts.Get("value")))))
		to = parts.Append(to)
	}
	members.Set(name, string(append(to, ']')))
}

// wanted returns the lists of attributes that the client wants to see, or not; each may
// come in several parameters.
func (c *call) wanted() (attributes, excluded string) {
	return strings.Join(c.query["attributes"], ","), strings.Join(c.query["excludedAttributes"], ",")
}

// rawSize is for how many bytes of a resource there is room from the beginning.
const rawSize = 1024

// show writes a resource without what the client does not want to see.
func (c *call) show(k *kind, members schema.Raw) []byte {
	attributes, excluded := c.wanted()
	text := make([]byte, 0, rawSize)
	if attributes == "" && excluded == "" {
		return members.Append(text)
	}
	var resource map[string]any
	_ = json.Unmarshal(k.Narrow(members, attributes, excluded).Append(text), &resource) // the server has written it
	return written(k.Show(resource, attributes, excluded))
}

package scim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"carillon/api"
	"carillon/scim/schema"
)

// maxFilter bounds a filter, in bytes.
const maxFilter = 8192

const listResponse = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

func (c *call) list(k *kind) (*Answer, error) {
	if f := c.query.Get("filter"); len(f) > maxFilter || !utf8.ValidString(f) || strings.ContainsRune(f, 0) {
		return nil, api.ScimKind("invalidFilter").Errorf("The filter may have %d bytes of UTF-8 without NUL", maxFilter)
	}
	out, err := c.Run(k.list(c))
	if err != nil {
		return nil, err
	}
	total, texts := listed(out)
	resources := make([]json.RawMessage, len(texts))
	for i, text := range texts {
		resources[i] = c.show(k, c.located(k, text).members)
	}
	return page(resources, total, max(c.listing().start.V, 1)), nil
}

// page is a list of resources that are in JSON already.
func page(resources []json.RawMessage, total, start int) *Answer {
	size := 256 // of what is around them
	for _, r := range resources {
		size += len(r) + 1
	}
	body := append(make([]byte, 0, size), `{"Resources":[`...)
	for i, r := range resources {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, r...)
	}
	body = fmt.Appendf(body, `],"itemsPerPage":%d,"schemas":["%s"],"startIndex":%d,"totalResults":%d}`, len(resources), listResponse, start, total)
	return &Answer{Status: http.StatusOK, Body: body}
}

func listed(out api.Output) (int, []string) {
	switch out := out.(type) {
	case *api.ListScimUsersOutput:
		return out.Total.V, out.Resources
	case *api.ListScimGroupsOutput:
		return out.Total.V, out.Resources
	}
	return 0, nil
}

// search is a list whose query is in the body.
func (c *call) search(k *kind) (*Answer, error) {
	if c.method != http.MethodPost {
		return nil, &methodError{"POST"}
	}
	sent, err := object(c.body)
	if err != nil {
		return nil, err
	}
	c.query = url.Values{}
	for name, value := range sent {
		switch v := value.(type) {
		case nil:
		case []any:
			c.query.Set(canonical(name), joined(v))
		default:
			c.query.Set(canonical(name), fmt.Sprint(v))
		}
	}
	return c.list(k)
}

func joined(list []any) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, ",")
}

// canonical returns the name of a parameter that may be in any case.
func canonical(name string) string {
	for _, known := range []string{"filter", "sortBy", "sortOrder", "startIndex", "count", "attributes", "excludedAttributes"} {
		if strings.EqualFold(known, name) {
			return known
		}
	}
	return name
}

func object(text string) (sent map[string]any, err error) {
	if sent, err = schema.Object(text); err != nil {
		return nil, api.ScimKind("invalidSyntax").Errorf("The body has to be a JSON object")
	}
	return sent, nil
}

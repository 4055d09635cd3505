package scim

import (
	"encoding/json"
	"net/http"
	"strings"

	"carillon/api"
	"carillon/scim/schema"
)

// discover answers what the server can do and what resources look like.
func (c *call) discover() (*Answer, error) {
	if c.method != http.MethodGet {
		return nil, &methodError{"GET"}
	}
	if c.query.Has("filter") {
		return nil, api.Forbidden.Errorf("What describes the server cannot be filtered")
	}
	var list []map[string]any
	switch strings.ToLower(c.path[0]) {
	case "resourcetypes":
		list = []map[string]any{c.typeOf(users), c.typeOf(groups)}
	case "schemas":
		list = c.schemas()
	}
	switch {
	case list == nil && len(c.path) == 1:
		return &Answer{Status: http.StatusOK, Body: written(c.config())}, nil
	case len(c.path) > 2:
		return nil, unknown()
	}
	var shown []json.RawMessage
	for _, r := range list {
		if len(c.path) == 1 || strings.EqualFold(r["id"].(string), c.path[1]) {
			shown = append(shown, written(r))
		}
	}
	switch {
	case len(c.path) == 1:
		return page(shown, len(shown), 1), nil
	case len(shown) == 0:
		return nil, unknown()
	}
	return &Answer{Status: http.StatusOK, Body: shown[0]}, nil
}

func (c *call) config() map[string]any {
	supported := func(yes bool) map[string]any { return map[string]any{"supported": yes} }
	return map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"patch":   supported(true), "etag": supported(true), "sort": supported(true), "changePassword": supported(false),
		"bulk":   map[string]any{"supported": true, "maxOperations": maxBulk, "maxPayloadSize": maxBulkPayload},
		"filter": map[string]any{"supported": true, "maxResults": maxResults},
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "Bearer token", "description": "A token that carillon scim-token create prints", "primary": true,
		}},
		"meta": map[string]any{"resourceType": "ServiceProviderConfig", "location": c.Base + "/ServiceProviderConfig"},
	}
}

// maxResults is the most resources of an answer; the rules cut pages at that.
const maxResults = 200

func (c *call) typeOf(k *kind) map[string]any {
	extensions := []any{}
	for _, e := range k.Extensions {
		extensions = append(extensions, map[string]any{"schema": e.ID, "required": false})
	}
	return map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"},
		"id":      k.Name, "name": k.Name, "endpoint": k.Endpoint, "description": k.Core.Description, "schema": k.Core.ID, "schemaExtensions": extensions,
		"meta": map[string]any{"resourceType": "ResourceType", "location": c.Base + "/ResourceTypes/" + k.Name},
	}
}

func (c *call) schemas() (list []map[string]any) {
	for _, k := range []*kind{users, groups} {
		for _, s := range append([]schema.Schema{k.Core}, k.Extensions...) {
			list = append(list, map[string]any{
				"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Schema"},
				"id":      s.ID, "name": s.Name, "description": s.Description, "attributes": attributes(s.Attributes),
				"meta": map[string]any{"resourceType": "Schema", "location": c.Base + "/Schemas/" + s.ID},
			})
		}
	}
	return list
}

// attributes describes attributes; those that every resource has the standard does not
// list.
func attributes(list []schema.Attribute) []any {
	shown := []any{}
	for i := range list {
		a := &list[i]
		if a.Name == "schemas" || a.Name == "meta" || a.Name == "id" || a.Name == "externalId" {
			continue
		}
		v := map[string]any{
			"name": a.Name, "type": string(a.Kind), "multiValued": a.Many, "required": a.Required, "caseExact": a.Exact,
			"mutability": "readWrite", "returned": "default", "uniqueness": "none", "description": a.Name,
		}
		switch {
		case a.ReadOnly:
			v["mutability"] = "readOnly"
		case a.WriteOnly:
			v["mutability"], v["returned"] = "writeOnly", "never"
		case a.Required:
			v["uniqueness"] = "server"
		}
		if a.Parts != nil {
			v["subAttributes"] = attributes(a.Parts)
		}
		shown = append(shown, v)
	}
	return shown
}

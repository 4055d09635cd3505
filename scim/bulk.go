package scim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"carillon/api"
)

// Bounds of Bulk.
const (
	maxBulk        = 100
	maxBulkPayload = 1 << 20 // bytes
)

const bulkResponse = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

type bulkRequest struct {
	FailOnErrors int
	Operations   []bulkOperation
}

type bulkOperation struct {
	Method, BulkID, Path, Version string
	Data                          json.RawMessage
}

// bulk runs several operations, each as if it had come alone.
func (c *call) bulk() (*Answer, error) {
	if c.method != http.MethodPost {
		return nil, &methodError{"POST"}
	}
	var sent bulkRequest
	if json.Unmarshal([]byte(c.body), &sent) != nil || len(sent.Operations) == 0 {
		return nil, api.ScimKind("invalidSyntax").Errorf("The body has to be a BulkRequest with Operations")
	}
	if len(sent.Operations) > maxBulk {
		return nil, api.EntityTooLarge.Errorf("A BulkRequest may have %d operations", maxBulk)
	}
	ids := map[string]string{}
	results := []any{}
	failed := 0
	for i := range sent.Operations {
		result, err := c.bulkOne(&sent.Operations[i], ids)
		results = append(results, result)
		if err != nil {
			failed++
		}
		if sent.FailOnErrors > 0 && failed >= sent.FailOnErrors {
			break
		}
	}
	return &Answer{Status: http.StatusOK, Body: written(map[string]any{"schemas": []string{bulkResponse}, "Operations": results})}, nil
}

// bulkOne runs an operation; ids are those that were made for a bulkId.
func (c *call) bulkOne(o *bulkOperation, ids map[string]string) (map[string]any, error) {
	result := map[string]any{"method": strings.ToUpper(o.Method)}
	if o.BulkID != "" {
		result["bulkId"] = o.BulkID
	}
	a, err := c.bulkCall(o, ids)
	if err != nil {
		e := Told(err)
		result["status"], result["response"] = fmt.Sprint(e.Kind.Status), errorBody(e)
		return result, err
	}
	result["status"] = fmt.Sprint(a.Status)
	if location := a.Header["Location"]; location != "" {
		result["location"], result["version"] = location, a.Header["ETag"]
	}
	if a.id != "" && o.BulkID != "" {
		ids[o.BulkID] = a.id
	}
	return result, nil
}

func (c *call) bulkCall(o *bulkOperation, ids map[string]string) (*Answer, error) {
	path, err := split(Path + referPath(o.Path, ids))
	if err != nil {
		return nil, err
	}
	method := strings.ToUpper(o.Method)
	if kind := strings.ToLower(path[0]); kind != "users" && kind != "groups" || method == http.MethodGet || path[len(path)-1] == ".search" {
		return nil, api.ScimKind("invalidPath").Errorf("Bulk changes users and groups")
	}
	one := &call{Request: c.Request, method: method, path: path, query: url.Values{}, body: refer(string(o.Data), ids), ifMatch: o.Version}
	return one.answer()
}

// refer puts ids in the place of references to what was made before.
func refer(text string, ids map[string]string) string {
	if !strings.Contains(text, "bulkId:") {
		return text
	}
	for bulkID, id := range ids {
		text = strings.ReplaceAll(text, `"bulkId:`+bulkID+`"`, `"`+id+`"`)
	}
	return text
}

// referPath does so in the segments of a path.
func referPath(path string, ids map[string]string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if bulkID, ok := strings.CutPrefix(s, "bulkId:"); ok && ids[bulkID] != "" {
			segments[i] = ids[bulkID]
		}
	}
	return strings.Join(segments, "/")
}

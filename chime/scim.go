package chime

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"carillon/api"
	"carillon/scim/schema"
	"carillon/store"
	"carillon/work"
)

// Bounds of what one request of SCIM works on.
const (
	// maxScimPage is the most resources of an answer.
	maxScimPage = 200
	// maxScimScan is how many users are looked at for the members of a licence's group.
	maxScimScan = 50_000
	// maxScimSorted is how many resources are sorted.
	maxScimSorted = 50_000
	// maxScimMembers is how many members a group shows, and how many a request changes.
	maxScimMembers = 5000
	// maxScimCompared is how many members are compared with a list of all of them.
	maxScimCompared = 50_000
	// maxScimGroups is how many groups an account may have.
	maxScimGroups = 5000
)

// scimRefusal is the answer to what the packages of SCIM refuse.
func scimRefusal(err error) error {
	var e *schema.Error
	if errors.As(err, &e) {
		return api.ScimKind(e.Type).Errorf("%s", e.Detail)
	}
	return err
}

func scimRefuse(scimType, format string, args ...any) error {
	return api.ScimKind(scimType).Errorf(format, args...)
}

// document reads what was sent: a resource, or a PATCH.
func document(text string) (sent map[string]any, err error) {
	sent, err = schema.Object(text)
	return sent, scimRefusal(err)
}

// scimMeta adds what every resource shows of itself.
func scimMeta(resource map[string]any, t *schema.Type, id, externalID string, createdMs, changedMs int64) {
	schemas := []any{t.Core.ID}
	for _, e := range t.Extensions {
		if _, used := resource[e.ID]; used {
			schemas = append(schemas, e.ID)
		}
	}
	if externalID != "" {
		resource["externalId"] = externalID
	}
	resource["id"], resource["schemas"] = id, schemas
	resource["meta"] = map[string]any{
		"resourceType": t.Name, "created": scimTime(createdMs), "lastModified": scimTime(max(createdMs, changedMs)), "version": scimVersion(resource),
	}
}

func scimTime(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

// scimVersion is a weak ETag: it changes with what is shown, whoever changed it.
func scimVersion(resource map[string]any) string {
	text, _ := json.Marshal(resource) // of maps, texts and booleans
	sum := sha256.Sum256(text)
	return `W/"` + hex.EncodeToString(sum[:8]) + `"`
}

// checkVersion refuses a change of what is not as the caller has seen it.
func checkVersion(resource map[string]any, ifMatch string) error {
	if ifMatch == "" || ifMatch == "*" {
		return nil
	}
	have := resource["meta"].(map[string]any)["version"].(string)
	for tag := range strings.SplitSeq(ifMatch, ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == strings.TrimPrefix(have, "W/") {
			return nil
		}
	}
	return api.ScimPrecondition.Errorf("The resource has changed meanwhile")
}

func scimText(resource map[string]any) api.Opt[string] {
	text, _ := json.Marshal(resource)
	return api.Some(string(text))
}

// scimTexts are the resources of a list.
func scimTexts(resources []map[string]any) []string {
	texts := make([]string, len(resources))
	for i, r := range resources {
		texts[i] = scimText(r).V
	}
	return texts
}

func textOf(values map[string]any, name string) string {
	text, _ := values[name].(string)
	return text
}

// window is a page of a list: from an index, beginning with 1, and how many.
func window(start, count api.Opt[int]) (skip, limit int) {
	return max(start.V, 1) - 1, min(count.Or(100), maxScimPage)
}

func cut[T any](list []T, skip, limit int) []T {
	skip = min(skip, len(list))
	return list[skip:min(skip+limit, len(list))]
}

// scimAccount keeps an account for a change by SCIM.
func scimAccount(w *work.Unit, accountID string) (*store.Account, error) {
	return keepAccount(w, accountID)
}

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
	// maxScimMembers is how many members a group shows, and how many get another licence
	// without a job.
	maxScimMembers = 5000
	// maxScimChanged is how many members a request takes in and out, in one transaction:
	// all that Okta's form of members has room for in a body.
	maxScimChanged = 10_000
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

// scimComplete adds to a resource what every one shows of itself. Its version is a weak
// ETag: it changes with what is shown, whoever changed it, and with a text that is not.
func scimComplete(r schema.Raw, t *schema.Type, id, externalID string, createdMs, changedMs int64, unseen string) schema.Raw {
	schemas := `"` + t.Core.ID + `"`
	for i := range t.Extensions {
		if r.Get(t.Extensions[i].ID) != "" {
			schemas += `,"` + t.Extensions[i].ID + `"`
		}
	}
	if externalID != "" {
		r.Set("externalId", schema.Quote(externalID))
	}
	r.Set("id", schema.Quote(id))
	r.Set("schemas", "["+schemas+"]")
	sum := sha256.Sum256(append(r.Append(make([]byte, 0, scimRoom)), unseen...))
	r.Set("meta", `{"created":"`+scimTime(createdMs)+`","lastModified":"`+scimTime(max(createdMs, changedMs))+
		`","resourceType":"`+t.Name+`","version":"W/\"`+hex.EncodeToString(sum[:8])+`\""}`)
	return r
}

// scimRoom is for how many bytes of a resource there is room from the beginning.
const scimRoom = 1024

// scimText writes a resource.
func scimText(r schema.Raw) string { return string(r.Append(make([]byte, 0, scimRoom))) }

func scimTime(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

// scimResource reads a resource that the server has written.
func scimResource(text string) (resource map[string]any) {
	_ = json.Unmarshal([]byte(text), &resource)
	return resource
}

// checkVersion refuses a change of what is not as the caller has seen it; shown returns
// it as it is.
func checkVersion(ifMatch string, shown func() string) error {
	if ifMatch == "" || ifMatch == "*" {
		return nil
	}
	var have struct{ Meta struct{ Version string } }
	_ = json.Unmarshal([]byte(shown()), &have) // the server has written it
	for tag := range strings.SplitSeq(ifMatch, ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == strings.TrimPrefix(have.Meta.Version, "W/") {
			return nil
		}
	}
	return api.ScimPrecondition.Errorf("The resource has changed meanwhile")
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

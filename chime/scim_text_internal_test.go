package chime

import (
	"regexp"
	"testing"

	"carillon/scim/schema"
	"carillon/store"
)

// What users show is written once, so these are the texts that providers get, down to
// the order of members; only the version and, at the door, addresses are added.
func TestScimUser_text(t *testing.T) {
	const meta = `"meta":{"created":"2026-11-21T20:33:04.567Z","lastModified":"2026-11-21T20:33:05.567Z","resourceType":"User","version":"V"},`
	const core, pro = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]`, `{"display":"Pro","type":"direct","value":"Pro"}`
	made := store.User{UserID: "u", Email: "ann.lee@example.com", License: "Pro", Registration: "Registered", CreatedMs: epochMs, ChangedMs: epochMs + 1000}
	named, suspended, device := made, made, made
	named.DisplayName, suspended.Registration, device.Type = `Zoë "Z" <Lee>`, "Suspended", "SharedDevice"
	for what, c := range map[string]struct {
		user scimUser
		want string
	}{
		"of the API": {
			scimUser{User: made},
			`{"active":true,"displayName":"Ann Lee","emails":[{"primary":true,"type":"work","value":"ann.lee@example.com"}],"groups":[` + pro + `],"id":"u",` + meta +
				`"name":{"familyName":"Lee","formatted":"Ann Lee","givenName":"Ann"},` + core + `,"userName":"ann.lee@example.com"}`,
		},
		"odd letters": {
			scimUser{User: named, groups: []store.Membership{{GroupID: "g", Name: "R&D"}}},
			`{"active":true,"displayName":"Zoë \"Z\" \u003cLee\u003e","emails":[{"primary":true,"type":"work","value":"ann.lee@example.com"}],"groups":[` + pro + `,{"display":"R\u0026D","type":"direct","value":"g"}],"id":"u",` + meta +
				`"name":{"familyName":"\"Z\" \u003cLee\u003e","formatted":"Zoë \"Z\" \u003cLee\u003e","givenName":"Zoë"},` + core + `,"userName":"ann.lee@example.com"}`,
		},
		"pushed": {
			scimUser{User: suspended, known: true, data: store.ScimUser{
				ExternalID: "00u1", Attributes: `{"emails":[{"value":"a@example.com"}],"name":{"givenName":"Ann","middleName":"M"},"title":"Dr","` + schema.Enterprise + `":{"department":"x"}}`,
			}},
			`{"active":false,"displayName":"Ann Lee","emails":[{"value":"a@example.com"}],"externalId":"00u1","groups":[` + pro + `],"id":"u",` + meta +
				`"name":{"familyName":"Lee","formatted":"Ann Lee","givenName":"Ann","middleName":"M"},"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","` + schema.Enterprise + `"],"title":"Dr","` +
				schema.Enterprise + `":{"department":"x"},"userName":"ann.lee@example.com"}`,
		},
		"kept in another form, as an import may": {
			scimUser{User: device, known: true, data: store.ScimUser{Attributes: ` { "userType" : "x", "title":null, "emails" : null, "active": false } `}},
			`{"active":true,"displayName":"Ann Lee","emails":[{"primary":true,"type":"work","value":"ann.lee@example.com"}],"groups":[` + pro + `],"id":"u",` + meta +
				`"name":{"familyName":"Lee","formatted":"Ann Lee","givenName":"Ann"},` + core + `,"title":null,"userName":"ann.lee@example.com","userType":"SharedDevice"}`,
		},
	} {
		got := regexp.MustCompile(`W/\\"[0-9a-f]{16}\\"`).ReplaceAllString(c.user.text(), "V")
		if got != c.want {
			t.Errorf("%s:\n%s, want\n%s", what, got, c.want)
		}
	}
}

const epochMs = 1795293184567

// A version tells what is shown, and of groups also what is not.
func TestScim_versions(t *testing.T) {
	version := func(text string) any { return scimResource(text)["meta"].(map[string]any)["version"] }
	user := func(change func(*scimUser)) any {
		u := scimUser{User: store.User{UserID: "u", Email: "a@example.com", License: "Pro"}}
		change(&u)
		return version(u.text())
	}
	same := user(func(*scimUser) {})
	if got := user(func(u *scimUser) { u.ChangedMs = 5 }); got != same {
		t.Errorf("another moment: %v, want %v", got, same)
	}
	if got := user(func(u *scimUser) { u.License = "Basic" }); got == same {
		t.Error("another licence, the same version")
	}
	group := scimGroup{ScimGroup: store.ScimGroup{GroupID: "g", Name: "G", CreatedMs: epochMs, ChangedMs: 1}}
	before := version(group.text())
	group.ChangedMs++
	if version(group.text()) == before {
		t.Error("a change of a group, the same version")
	}
}

// A group shows all of its members or none, and none if nobody knows whether there are
// more of them.
func TestScimGroup_members_shown(t *testing.T) {
	many := make([]string, maxScimMembers+1)
	for what, c := range map[string]struct {
		group scimGroup
		want  int
	}{
		"none":         {scimGroup{}, 0},
		"two":          {scimGroup{members: many[:2]}, 2},
		"the most":     {scimGroup{members: many[:maxScimMembers]}, maxScimMembers},
		"one too many": {scimGroup{members: many}, 0},
		"some of a licence in an account that is too large to be looked through": {scimGroup{members: many[:2], many: true}, 0},
	} {
		shown, has := scimResource(c.group.text())["members"].([]any)
		if len(shown) != c.want || has != (c.want > 0) {
			t.Errorf("%s: %d members are shown, want %d", what, len(shown), c.want)
		}
	}
}

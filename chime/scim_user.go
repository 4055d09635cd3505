package chime

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"carillon/api"
	"carillon/scim/schema"
	"carillon/store"
	"carillon/work"
)

// registrationLeft is the status of one who was taken out of the account, whom only
// SCIM still sees.
const registrationLeft = "Left"

// scimUser is a user with what SCIM knows.
type scimUser struct {
	store.User
	data   store.ScimUser
	known  bool // by SCIM: it has pushed the user before
	groups []store.Membership
}

func (u *scimUser) left() bool { return u.Registration == registrationLeft }

// active tells also those who are invited: identity providers take anybody else for
// deactivated.
func (u *scimUser) active() bool {
	return !u.left() && u.Registration != string(api.RegistrationStatusSuspended)
}

func (u *scimUser) shared() bool { return u.Type == string(api.UserTypeSharedDevice) }

// leftUser is a user who is no more in the account.
func leftUser(d *store.ScimUser) store.User {
	return store.User{
		AccountID: d.AccountID, UserID: d.UserID, AwsAccountID: d.AwsAccountID, Email: d.Left.Email, DisplayName: d.Left.DisplayName,
		License: d.Left.License, Type: d.Left.Type, CreatedMs: d.Left.CreatedMs, Registration: registrationLeft,
	}
}

// base returns what can be changed of a user, in the form of the schema.
func (u *scimUser) base() map[string]any {
	resource := map[string]any{}
	if u.data.Attributes != "" {
		_ = json.Unmarshal([]byte(u.data.Attributes), &resource) // the server has written it
	}
	named := resource["displayName"] != nil || !u.known
	delete(resource, "displayName")
	if u.DisplayName != "" && named {
		resource["displayName"] = u.DisplayName
	}
	resource["userName"], resource["active"] = u.Email, u.active()
	if u.data.ExternalID != "" {
		resource["externalId"] = u.data.ExternalID
	}
	if u.shared() {
		resource["userType"] = u.Type
	}
	return resource
}

// text shows a user.
func (u *scimUser) text() string { return scimText(u.raw()) }

// raw is what a user shows. Who came without names has such as the address gives.
func (u *scimUser) raw() schema.Raw {
	r := schema.ParseRaw(u.data.Attributes)
	name, email := u.shownName(), schema.Quote(u.Email)
	r.Set("displayName", schema.Quote(name))
	r.Set("name", fullName(r.Get("name"), name))
	r.Set("userName", email)
	r.Set("active", strconv.FormatBool(u.active()))
	if u.shared() {
		r.Set("userType", schema.Quote(u.Type))
	}
	if r.Get("emails") == "" {
		r.Set("emails", `[{"primary":true,"type":"work","value":`+email+`}]`)
	}
	if !u.left() {
		r.Set("groups", u.groupList())
	}
	return scimComplete(r, schema.Users, u.UserID, u.data.ExternalID, u.CreatedMs, max(u.RegisteredMs, u.InvitedMs, u.ChangedMs, u.data.ChangedMs), "")
}

func (u *scimUser) shownName() string {
	if u.DisplayName == "" {
		return displayName("", u.Email)
	}
	return u.DisplayName
}

// fullName fills in what is missing of a name, which may be none.
func fullName(have, display string) string {
	parts := schema.ParseRaw(have)
	given, family, found := strings.Cut(display, " ")
	if !found {
		family = given
	}
	for _, p := range []schema.Member{{Name: "familyName", Value: family}, {Name: "formatted", Value: display}, {Name: "givenName", Value: given}} {
		if parts.Get(p.Name) == "" {
			parts.Set(p.Name, schema.Quote(p.Value))
		}
	}
	return string(parts.Append(nil))
}

func (u *scimUser) groupList() string {
	group := func(name, id string) string {
		return `{"display":` + schema.Quote(name) + `,"type":"direct","value":` + schema.Quote(id) + `}`
	}
	list := group(u.License, u.License)
	for i := range u.groups {
		list += "," + group(u.groups[i].Name, u.groups[i].GroupID)
	}
	return "[" + list + "]"
}

var addressForm = regexp.MustCompile(`^[^@]+@[^@]+\.[^@]+$`)

// take makes a user what a resource says.
func (u *scimUser) take(w *work.Unit, resource map[string]any) (active bool, err error) {
	email := textOf(resource, "userName")
	if !addressForm.MatchString(email) || checkEmail("userName", email) != nil {
		return false, scimRefuse("invalidValue", "userName has to be an e-mail address")
	}
	u.Email = email
	u.DisplayName = scimName(resource, email)
	if len(u.DisplayName) > 1024 || len(textOf(resource, "externalId")) > 1024 {
		return false, scimRefuse("invalidValue", "displayName and externalId may have 1024 bytes")
	}
	u.data.ExternalID = textOf(resource, "externalId")
	active = resource["active"] != false
	if kind := textOf(resource, "userType"); kind != "" {
		u.takeType(kind)
	}
	kept := schema.Clone(resource).(map[string]any)
	for _, name := range []string{"userName", "active", "externalId"} {
		delete(kept, name)
	}
	text, err := json.Marshal(kept)
	if len(text) > maxScimAttributes {
		return false, scimRefuse("invalidValue", "The attributes of a user may have %d bytes", maxScimAttributes)
	}
	u.data.Attributes, u.data.ChangedMs = string(text), w.NowMs()
	return active, err
}

const (
	// maxScimAttributes bounds what is kept of a user beside what Amazon Chime has, in
	// bytes of JSON: pages of lists hold many of them.
	maxScimAttributes = 32 << 10
	// maxKeyedEmail is how long a further address may be, in bytes, to be found by.
	maxKeyedEmail = 1024
)

// takeType makes a shared device, or a person of one.
func (u *scimUser) takeType(kind string) {
	if strings.EqualFold(kind, string(api.UserTypeSharedDevice)) {
		setType(&u.User, api.UserTypeSharedDevice)
	} else if u.shared() {
		setType(&u.User, api.UserTypePrivateUser)
		u.AlexaEnabled = false
	}
}

func scimName(resource map[string]any, email string) string {
	if name := textOf(resource, "displayName"); name != "" {
		return name
	}
	parts, _ := resource["name"].(map[string]any)
	if name := textOf(parts, "formatted"); name != "" {
		return name
	}
	return displayName(strings.TrimSpace(textOf(parts, "givenName")+" "+textOf(parts, "familyName")), email)
}

// emailKeys are those of the further addresses of a user.
func (u *scimUser) emailKeys(resource map[string]any) (keys []string) {
	list, _ := resource["emails"].([]any)
	for _, v := range list {
		parts, _ := v.(map[string]any)
		key := store.EmailKey(textOf(parts, "value"))
		if key != "" && len(key) <= maxKeyedEmail && key != store.EmailKey(u.Email) {
			keys = append(keys, key)
		}
	}
	return keys
}

// scimUserByID returns a user of the account, present or left.
func scimUserByID(w *work.Unit, accountID, userID string, look func(awsAccountID, accountID, userID string) (*store.User, error)) (*scimUser, error) {
	u, err := look(w.Caller.AwsAccountID, accountID, userID)
	missing := errors.Is(err, store.ErrNotFound)
	if err != nil && !missing {
		return nil, err
	}
	d, unknown := w.ScimUser(accountID, userID)
	if unknown != nil && !errors.Is(unknown, store.ErrNotFound) {
		return nil, unknown
	}
	known := unknown == nil
	if !missing {
		return withGroups(w, &scimUser{User: *u, data: *d, known: known})
	}
	if !known || d.Left.Email == "" || d.AwsAccountID != w.Caller.AwsAccountID {
		return nil, err
	}
	if gone, failed := w.HasSuperseded(accountID, userID); failed != nil || gone {
		return nil, errors.Join(failed, err)
	}
	return withGroups(w, &scimUser{User: leftUser(d), data: *d, known: true}) // which they show when they are back
}

func withGroups(w *work.Unit, u *scimUser) (*scimUser, error) {
	list, err := w.MembershipsOf(u.AccountID, []string{u.UserID})
	u.groups = list
	return u, err
}

// GetScimUser returns a user, also one who is inactive.
func (s *Service) GetScimUser(w *work.Unit, in *api.GetScimUserInput) (*api.GetScimUserOutput, error) {
	if _, err := account(w, in.AccountId); err != nil {
		return nil, err // its users are being erased
	}
	u, err := scimUserByID(w, in.AccountId, in.UserId, w.User)
	if err != nil {
		return nil, err
	}
	return &api.GetScimUserOutput{Resource: api.Some(u.text())}, nil
}

package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"carillon/api"
)

// bulkAction is what can be done to many users at once.
type bulkAction struct {
	Name, Label string
	operation   string
	// size is how many users one step takes.
	size int
	run  func(calls api.Calls, ctx context.Context, t *bulk, userIDs []string) ([]api.UserError, error)
}

var bulkActions = []bulkAction{
	{"suspend", "Suspend", "BatchSuspendUser", 50, suspendUsers},
	{"remove", "Remove", "BatchSuspendUser", 50, suspendUsers}, // which is what suspending does in a Team account
	{"unsuspend", "Unsuspend", "BatchUnsuspendUser", 50, unsuspendUsers},
	{"license", "Change licence", "BatchUpdateUser", 20, licenseUsers},
	{"logout", "Log out", "LogoutUser", 20, logoutUsers},
	{"pin", "Reset PIN", "ResetPersonalPIN", 20, resetPINs},
}

// bulk is what somebody asks to be done to many users.
type bulk struct {
	AccountID string
	Action    string
	License   api.License // that they get
	UserIDs   []string    // who was chosen
	All       bool        // all who match Query instead
	Query     userQuery   `json:",omitzero"`
	Total     int         // how many it meets
	From      string      // the list that it was asked for on
	asker
}

func (t *bulk) action() *bulkAction {
	i := slices.IndexFunc(bulkActions, func(a bulkAction) bool { return a.Name == t.Action })
	if i < 0 {
		return nil
	}
	return &bulkActions[i]
}

// fits reports whether there is a use for an action in accounts of a type.
func (a *bulkAction) fits(t api.AccountType) bool {
	switch a.Name {
	case "suspend":
		return t != api.AccountTypeTeam
	case "remove":
		return t == api.AccountTypeTeam
	case "unsuspend":
		return t == api.AccountTypeEnterpriseLWA
	}
	return true
}

func suspendUsers(calls api.Calls, ctx context.Context, t *bulk, ids []string) ([]api.UserError, error) {
	out, err := calls.BatchSuspendUser(ctx, &api.BatchSuspendUserInput{AccountId: t.AccountID, UserIdList: ids})
	return out.UserErrors, err
}

func unsuspendUsers(calls api.Calls, ctx context.Context, t *bulk, ids []string) ([]api.UserError, error) {
	out, err := calls.BatchUnsuspendUser(ctx, &api.BatchUnsuspendUserInput{AccountId: t.AccountID, UserIdList: ids})
	return out.UserErrors, err
}

func licenseUsers(calls api.Calls, ctx context.Context, t *bulk, ids []string) ([]api.UserError, error) {
	in := &api.BatchUpdateUserInput{AccountId: t.AccountID}
	for _, id := range ids {
		in.UpdateUserRequestItems = append(in.UpdateUserRequestItems, api.UpdateUserRequestItem{UserId: api.Some(id), LicenseType: api.Some(t.License)})
	}
	out, err := calls.BatchUpdateUser(ctx, in)
	return out.UserErrors, err
}

func logoutUsers(calls api.Calls, ctx context.Context, t *bulk, ids []string) ([]api.UserError, error) {
	return eachUser(ids, func(id string) error {
		return calls.LogoutUser(ctx, &api.LogoutUserInput{AccountId: t.AccountID, UserId: id})
	})
}

func resetPINs(calls api.Calls, ctx context.Context, t *bulk, ids []string) ([]api.UserError, error) {
	return eachUser(ids, func(id string) error {
		_, err := calls.ResetPersonalPIN(ctx, &api.ResetPersonalPINInput{AccountId: t.AccountID, UserId: id})
		return err
	})
}

// eachUser calls an operation for one user after the other and collects refusals.
func eachUser(ids []string, call func(id string) error) (refused []api.UserError, err error) {
	for _, id := range ids {
		if err := call(id); err != nil {
			e, err := refusalOf(err)
			if err != nil {
				return refused, err
			}
			refused = append(refused, api.UserError{UserId: api.Some(id), ErrorCode: api.Some(e.ErrorCode()), ErrorMessage: api.Some(e.Message)})
		}
	}
	return refused, nil
}

// asked reads what a form or a URL asks for. Errors are for the person.
func (p *page) asked() (*bulk, error) {
	_ = p.r.ParseForm() // what cannot be read is not there
	t := &bulk{
		AccountID: p.r.PathValue("account"), Action: p.r.FormValue("action"), License: api.License(p.r.FormValue("to")), All: p.r.FormValue("all") != "",
		From: back(p.r.FormValue("from")), asker: p.asker(),
	}
	if t.Query = p.userQuery(); !t.All {
		t.Query, t.UserIDs = userQuery{}, slices.Compact(slices.Sorted(slices.Values(p.r.Form["user"])))
	}
	t.Query.Page, t.Query.Sort, t.Query.Order = "", "", ""
	switch {
	case t.action() == nil:
		return nil, api.BadRequest.Errorf("There is no such action")
	case !t.All && len(t.UserIDs) == 0:
		return nil, api.BadRequest.Errorf("No user was chosen: check the boxes of some, or the one for all that match")
	case len(t.UserIDs) > 2*pageRows:
		return nil, api.BadRequest.Errorf("Choose %d users at most, or all that match", 2*pageRows)
	}
	return t, nil
}

// preview is what the page before a bulk action shows.
type preview struct {
	*bulk
	Label    string
	Removes  bool // suspending in a Team account
	Users    []api.User
	Gone     []string
	Licenses []api.License
	Hidden   url.Values
}

// previewBulk shows whom an action would meet, and changes nothing.
func previewBulk(p *page) error {
	t, err := p.asked()
	if err != nil {
		return p.done(back(p.r.FormValue("from")), "bulk", err, "")
	}
	a, err := p.account()
	if err != nil {
		return err
	}
	v := &preview{bulk: t, Label: t.action().Label, Licenses: a.SupportedLicenses, Hidden: p.r.Form}
	v.Removes = (t.Action == "suspend" || t.Action == "remove") && a.AccountType.V == api.AccountTypeTeam
	for _, name := range []string{"to", resultParam, "sort", "order", "page"} {
		v.Hidden.Del(name)
	}
	if err := p.meets(v); err != nil {
		return err
	}
	view := p.accountView(a, v, awsChime("list-users", "--account-id", a.AccountId))
	view.Title, view.Heading = v.Label+" · "+a.Name, v.Label
	return p.show(http.StatusOK, "preview", view)
}

// meets finds out whom an action would meet.
func (p *page) meets(v *preview) error {
	if v.All {
		out, err := p.calls().SearchUsers(p.r.Context(), p.searchInput(v.Query, v.AccountID, pageRows))
		v.Users, v.Total = out.Users, out.Count.V
		return err
	}
	for _, id := range v.UserIDs {
		out, err := p.calls().GetUser(p.r.Context(), &api.GetUserInput{AccountId: v.AccountID, UserId: id})
		switch {
		case api.IsKind(err, api.NotFound):
			v.Gone = append(v.Gone, id)
		case err != nil:
			return err
		default:
			v.Users = append(v.Users, *out.User)
		}
	}
	v.Total = len(v.UserIDs)
	return nil
}

// startBulk begins an action. It goes on in the background if it takes long.
func startBulk(p *page) error {
	t, err := p.asked()
	if err != nil {
		return p.done(back(p.r.FormValue("from")), "bulk", err, "")
	}
	if !p.may(t.action().operation) { // the operation says why
		_, err := t.action().run(p.calls(), p.r.Context(), t, []string{"-"})
		return err
	}
	v := &preview{bulk: t}
	if t.Total = len(t.UserIDs); t.All {
		if err := p.meets(v); err != nil {
			return err
		}
	}
	id := p.c.NewID()
	j := journal{c: p.c, id: bulkNote(id)}
	if _, err := j.begin(p.r.Context(), t); err != nil {
		return err
	}
	if err := p.runBulk(j, t, bulkStep{}); err != nil {
		return err
	}
	return p.redirect(accountPath(t.AccountID, "results", id))
}

package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"carillon/api"
)

// scimPage is what the tab Provisioning shows. What the visitor may not see is nil.
type scimPage struct {
	BaseURL string
	Action  string // where the forms are sent
	Tokens  []api.ScimToken
	Delete  bool // tokens
	Create  *form
	Groups  *scimGroups
	// Requests are the last ones, the newest first.
	ShowRequests bool
	Requests     []api.ScimRequest
}

// scimGroups are groups of the identity provider and what they give.
type scimGroups struct {
	stretch[api.ScimGroup]
	Map bool
}

func showScim(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	tokens, err := p.calls().ListScimTokens(p.r.Context(), &api.ListScimTokensInput{AccountId: a.AccountId})
	if err != nil {
		return err
	}
	s := &scimPage{BaseURL: p.publicURL() + "/scim/v2", Action: accountPath(a.AccountId, "scim"), Tokens: tokens.ScimTokens, Delete: p.may("DeleteScimToken")}
	for _, add := range []func(*scimPage, *api.Account) error{p.addScimForm, p.addScimGroups, p.addScimRequests} {
		if err := add(s, a); err != nil {
			return err
		}
	}
	return p.show(http.StatusOK, "scim", p.accountView(a, s, s.commands(a.AccountId)...))
}

// publicURL is where people and programs reach this server.
func (p *page) publicURL() string {
	switch {
	case p.c.PublicURL != "":
		return strings.TrimSuffix(p.c.PublicURL, "/")
	case p.visit.Request.Secure:
		return "https://" + p.r.Host
	}
	return "http://" + p.r.Host
}

func (p *page) addScimForm(s *scimPage, _ *api.Account) error {
	if p.may("CreateScimToken") {
		s.Create = p.filled(form{Name: "create", Action: s.Action + "/create", Title: "Create a token", Hint: "It is shown once.", Button: "Create token", Fields: []field{
			{Name: "Name", Label: "Name", Required: true, Hint: "Who has it, as in Okta."},
			{Name: "ExpiresInSeconds", Label: "Days until it ends", Hint: "Empty: it ends when it is deleted."},
		}})
	}
	return nil
}

func (p *page) addScimGroups(s *scimPage, a *api.Account) error {
	if !p.may("ListScimGroupMappings") {
		return nil
	}
	out, err := p.calls().ListScimGroupMappings(p.r.Context(), &api.ListScimGroupMappingsInput{AccountId: a.AccountId})
	if err == nil {
		groups := slices.DeleteFunc(out.ScimGroups, func(g api.ScimGroup) bool { return g.GroupId.V == string(g.License.V) }) // the licences themselves
		s.Groups = &scimGroups{stretchOf(p, "groups", groups), p.may("MapScimGroup")}
	}
	return err
}

func (p *page) addScimRequests(s *scimPage, a *api.Account) error {
	if s.ShowRequests = p.may("ListScimRequests"); !s.ShowRequests {
		return nil
	}
	out, err := p.calls().ListScimRequests(p.r.Context(), &api.ListScimRequestsInput{AccountId: a.AccountId})
	s.Requests = out.ScimRequests
	return err
}

// commands do what the page does.
func (s *scimPage) commands(accountID string) []string {
	scim := func(what string, words ...string) string {
		return command(append([]string{"carillon", "scim-" + what}, append(words, "--account-id", accountID)...)...)
	}
	list := []string{scim("token", "list")}
	if s.Create != nil {
		list = append(list, scim("token", "create", "--name", "Okta", "--expires", "365d"))
	}
	if s.Delete && len(s.Tokens) > 0 {
		list = append(list, scim("token", "delete", "--token-id", s.Tokens[0].TokenId.V))
	}
	if s.Groups != nil && s.Groups.Map && len(s.Groups.Rows) > 0 {
		list = append(list, scim("group", "map", "--group-id", s.Groups.Rows[0].GroupId.V, "--license", "Pro"))
	}
	if s.ShowRequests {
		list = append(list, scim("request", "list"))
	}
	return list
}

// changeScim does what a form of the tab asks for.
func changeScim(p *page) error {
	accountID, action := p.r.PathValue("account"), p.r.PathValue("action")
	to, value := accountPath(accountID, "scim"), p.r.PostFormValue
	switch action {
	case "create":
		return createScimToken(p, to, accountID)
	case "delete":
		err := p.calls().DeleteScimToken(p.r.Context(), &api.DeleteScimTokenInput{AccountId: accountID, TokenId: value("TokenId")})
		return p.done(to, action, err, "The token was deleted. Who has it is refused from now on.")
	case "map":
		_, err := p.calls().MapScimGroup(p.r.Context(), &api.MapScimGroupInput{AccountId: accountID, GroupId: value("GroupId"), License: api.NonZero(api.License(value("License")))})
		return p.done(p.from(to), action, err, "The licences of the members follow the group from now on.")
	}
	return notFound(p)
}

// createScimToken makes a token, which one page shows once.
func createScimToken(p *page, to, accountID string) error {
	in := &api.CreateScimTokenInput{AccountId: accountID, Name: api.Some(p.r.PostFormValue("Name"))}
	if text := strings.TrimSpace(p.r.PostFormValue("ExpiresInSeconds")); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil || days < 1 || days > 36500 {
			return p.done(to, "create", api.Invalid("ExpiresInSeconds", "be a number of days from 1 to 36500"), "")
		}
		in.ExpiresInSeconds = api.Some(min(days*24*3600, 1<<31-1))
	}
	out, err := p.calls().CreateScimToken(p.r.Context(), in)
	if err != nil {
		return p.done(to, "create", err, "")
	}
	return p.showOnce(once{
		Title: "New token", Text: "The token for the identity provider was created.",
		Values:  []labelled{{"Base URL", p.publicURL() + "/scim/v2"}, {"Token", out.ScimToken.Token.V}},
		Back:    link{Label: "Provisioning", URL: to},
		Command: command("carillon", "scim-token", "create", "--account-id", accountID, "--name", in.Name.V),
	})
}

package console

import (
	"cmp"
	"net/http"

	"carillon/api"
)

// roomPage is what the page of one room shows.
type roomPage struct {
	Room        *api.Room
	Action      string // where its forms are sent
	ShowMembers bool
	Members     []roomMember
	First, Next string
	Role        bool // the visitor may change roles
	Remove      bool // and remove members
	ShowHooks   bool
	Hooks       []api.RoomWebhook
	DropHooks   bool // the visitor may delete webhooks
	Forms       []*form
}

// roomMember is a row of members.
type roomMember struct {
	ID, Label, URL string // URL: the page of a user; empty: it is no user
	Type           api.MemberType
	Role, Other    api.RoomMembershipRole // Other: what the role can be changed to
	Updated        api.Timestamp
}

func showRoom(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	out, err := p.calls().GetRoom(p.r.Context(), &api.GetRoomInput{AccountId: a.AccountId, RoomId: p.r.PathValue("room")})
	if err != nil {
		return err
	}
	id := out.Room.RoomId.V
	body := &roomPage{Room: out.Room, Action: accountPath(a.AccountId, "rooms", id), Forms: p.roomForms(a.AccountId, out.Room)}
	for _, add := range []func(*roomPage, string) error{p.addMembers, p.addHooks} {
		if err := add(body, a.AccountId); err != nil {
			return err
		}
	}
	v := p.accountView(a, body, roomCommands("--account-id", a.AccountId, "--room-id", id)...)
	v.Resource, v.Title = id, cmp.Or(out.Room.Name.V, id)
	v.Crumbs = []link{
		{Label: "Accounts", URL: Root + "accounts"},
		{Label: a.Name, URL: accountPath(a.AccountId)},
		{Label: "Rooms", URL: accountPath(a.AccountId, "rooms")},
		{Label: v.Title, Current: true},
	}
	return p.show(http.StatusOK, "room", v)
}

// roomCommands do what the page of a room does.
func roomCommands(room ...string) []string {
	aws := func(name string, more ...string) string {
		return awsChime(append(append([]string{name}, room...), more...)...)
	}
	return []string{
		aws("get-room"), aws("update-room", "--name", "Example"), aws("list-room-memberships"),
		aws("create-room-membership", "--member-id", "USER", "--role", "Member"),
		command(append([]string{"carillon", "webhook", "list"}, room...)...),
	}
}

func (p *page) addMembers(r *roomPage, accountID string) error {
	if r.ShowMembers = p.may("ListRoomMemberships"); !r.ShowMembers {
		return nil
	}
	out, err := p.calls().ListRoomMemberships(p.r.Context(), &api.ListRoomMembershipsInput{
		AccountId: accountID, RoomId: r.Room.RoomId.V, NextToken: api.NonZero(p.r.FormValue("page")), MaxResults: api.Some(pageRows),
	})
	if err != nil {
		return err
	}
	for i := range out.RoomMemberships {
		r.Members = append(r.Members, rowOfMember(&out.RoomMemberships[i]))
	}
	r.First, r.Next = p.turns(out.NextToken.V)
	r.Role, r.Remove = p.may("UpdateRoomMembership"), p.may("DeleteRoomMembership")
	return nil
}

func rowOfMember(m *api.RoomMembership) roomMember {
	who := m.Member
	row := roomMember{
		ID: who.MemberId.V, Label: cmp.Or(who.Email.V, who.FullName.V, who.MemberId.V), Type: who.MemberType.V,
		Role: m.Role.V, Other: api.RoomMembershipRoleAdministrator, Updated: m.UpdatedTimestamp,
	}
	if row.Role == row.Other {
		row.Other = api.RoomMembershipRoleMember
	}
	if row.Type == api.MemberTypeUser {
		row.URL = accountPath(who.AccountId.V, "users", row.ID)
	}
	return row
}

func (p *page) addHooks(r *roomPage, accountID string) error {
	if r.ShowHooks = p.may("ListRoomWebhooks"); !r.ShowHooks {
		return nil
	}
	out, err := p.calls().ListRoomWebhooks(p.r.Context(), &api.ListRoomWebhooksInput{AccountId: accountID, RoomId: r.Room.RoomId.V})
	if err == nil {
		r.Hooks, r.DropHooks = out.Webhooks, p.may("DeleteRoomWebhook")
	}
	return err
}

// roomForms are what can be done to a room, as far as the visitor may.
func (p *page) roomForms(accountID string, r *api.Room) (list []*form) {
	add := func(operation string, f form) {
		if p.may(operation) {
			f.Action = accountPath(accountID, "rooms", r.RoomId.V, f.Name)
			list = append(list, p.filled(f))
		}
	}
	add("CreateRoomMembership", form{Name: "add", Title: "Add a member", Button: "Add member", Fields: []field{
		{Name: "MemberId", Label: "User or bot", Required: true, Hint: "The e-mail address of a user, or the id of a user or a bot."},
		{Name: "Role", Label: "Role", Kind: "select", Options: options("Member", "Member", "Administrator")},
	}})
	add("CreateRoomWebhook", form{Name: "create-webhook", Title: "Create a webhook", Hint: "Whoever has its URL can write into the room.", Button: "Create webhook", Fields: []field{
		{Name: "Name", Label: "Name of the webhook", Required: true},
	}})
	add("UpdateRoom", form{Name: "rename", Title: "Rename the room", Button: "Rename", Fields: []field{{Name: "Name", Label: "Name", Value: r.Name.V, Required: true}}})
	add("DeleteRoom", form{Name: "delete", Title: "Delete the room", Hint: "Its members, messages and webhooks go with it.", Button: "Delete room", Danger: true})
	return list
}

// roomResults tell what was done to a room, by action.
var roomResults = map[string]string{
	"add": "The member was added.", "role": "The role was changed.", "remove": "The member was removed.",
	"create-webhook": "The webhook was created.", "delete-webhook": "The webhook was deleted.",
	"rename": "The room was renamed.", "delete": "The room was deleted.",
}

// changeRoom does what a form of a room asks for.
func changeRoom(p *page) error {
	accountID, roomID, action := p.r.PathValue("account"), p.r.PathValue("room"), p.r.PathValue("action")
	text, known := roomResults[action]
	if !known {
		return notFound(p)
	}
	err, to := p.changeRoom(accountID, roomID, action), accountPath(accountID, "rooms", roomID)
	if err == nil && action == "delete" {
		to = accountPath(accountID, "rooms")
	}
	return p.done(to, action, err, text)
}

func (p *page) changeRoom(accountID, roomID, action string) (err error) {
	calls, ctx, value := p.calls(), p.r.Context(), p.r.PostFormValue
	member, role := value("MemberId"), api.NonZero(api.RoomMembershipRole(value("Role")))
	switch action {
	case "add":
		if member, err = p.userID(accountID, "MemberId"); err == nil {
			_, err = calls.CreateRoomMembership(ctx, &api.CreateRoomMembershipInput{AccountId: accountID, RoomId: roomID, MemberId: api.Some(member), Role: role})
		}
	case "role":
		_, err = calls.UpdateRoomMembership(ctx, &api.UpdateRoomMembershipInput{AccountId: accountID, RoomId: roomID, MemberId: member, Role: role})
	case "remove":
		err = calls.DeleteRoomMembership(ctx, &api.DeleteRoomMembershipInput{AccountId: accountID, RoomId: roomID, MemberId: member})
	case "create-webhook":
		_, err = calls.CreateRoomWebhook(ctx, &api.CreateRoomWebhookInput{AccountId: accountID, RoomId: roomID, Name: api.Some(value("Name"))})
	case "delete-webhook":
		err = calls.DeleteRoomWebhook(ctx, &api.DeleteRoomWebhookInput{AccountId: accountID, RoomId: roomID, WebhookId: value("WebhookId")})
	case "rename":
		_, err = calls.UpdateRoom(ctx, &api.UpdateRoomInput{AccountId: accountID, RoomId: roomID, Name: api.Some(value("Name"))})
	case "delete":
		err = calls.DeleteRoom(ctx, &api.DeleteRoomInput{AccountId: accountID, RoomId: roomID})
	}
	return err
}

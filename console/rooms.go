package console

import (
	"net/http"

	"carillon/api"
)

// roomList is what the tab Rooms shows.
type roomList struct {
	Account     *api.Account
	Team        bool // such accounts have none
	Rooms       []api.Room
	First, Next string
	Create      *form // nil: the visitor may not
}

func listRooms(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	list := &roomList{Account: a, Team: a.AccountType.V == api.AccountTypeTeam}
	if !list.Team {
		out, err := p.calls().ListRooms(p.r.Context(), &api.ListRoomsInput{
			AccountId: a.AccountId, NextToken: api.NonZero(p.r.FormValue("page")), MaxResults: api.Some(pageRows),
		})
		if err != nil {
			return err
		}
		list.Rooms = out.Rooms
		list.First, list.Next = p.turns(out.NextToken.V)
	}
	commands := []string{awsChime("list-rooms", "--account-id", a.AccountId)}
	if !list.Team && p.may("CreateRoom") {
		list.Create = p.filled(form{Name: "create", Action: accountPath(a.AccountId, "rooms"), Title: "Create a room", Button: "Create room", Fields: []field{
			{Name: "Name", Label: "Name", Required: true},
		}})
		commands = append(commands, awsChime("create-room", "--account-id", a.AccountId, "--name", "Example"))
	}
	return p.show(http.StatusOK, "rooms", p.accountView(a, list, commands...))
}

func createRoom(p *page) error {
	accountID := p.r.PathValue("account")
	out, err := p.calls().CreateRoom(p.r.Context(), &api.CreateRoomInput{AccountId: accountID, Name: api.Some(p.r.PostFormValue("Name"))})
	if err != nil {
		return p.done(accountPath(accountID, "rooms"), "create", err, "")
	}
	return p.tell(accountPath(accountID, "rooms", out.Room.RoomId.V), result{Text: "The room was created."})
}

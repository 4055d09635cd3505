package chime

import (
	"context"
	"errors"
	"strings"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

func roomShape(m *store.Room) *api.Room {
	return &api.Room{
		AccountId: api.Some(m.AccountID), CreatedBy: api.Some(m.CreatedBy), CreatedTimestamp: api.Timestamp(m.CreatedMs),
		Name: api.Some(m.Name), RoomId: api.Some(m.RoomID), UpdatedTimestamp: api.Timestamp(m.UpdatedMs),
	}
}

func checkRoomName(name string) error {
	if strings.TrimSpace(name) == "" {
		return api.Invalid("Name", "not be blank")
	}
	return nil
}

// room returns a room of the caller, for reading.
func room(w *work.Unit, accountID, roomID string) (*store.Room, error) {
	a, err := enterprise(account(w, accountID))
	if err != nil {
		return nil, err
	}
	m, err := w.Room(a.AccountID, roomID)
	return &m, err
}

// lockRoom returns a room of the caller, locked, with its account.
func lockRoom(w *work.Unit, accountID, roomID string) (*store.Room, *store.Account, error) {
	return roomOf(w, roomID)(enterprise(keepAccount(w, accountID)))
}

// roomOf returns what locks a room of an account that has been looked up.
func roomOf(w *work.Unit, roomID string) func(*store.Account, error) (*store.Room, *store.Account, error) {
	return func(a *store.Account, err error) (*store.Room, *store.Account, error) {
		if err != nil {
			return nil, nil, err
		}
		m, err := w.LockRoom(a.AccountID, roomID)
		return &m, a, err
	}
}

// CreateRoom makes a room. The same ClientRequestToken gives the same room.
func (s *Service) CreateRoom(w *work.Unit, in *api.CreateRoomInput) (*api.CreateRoomOutput, error) {
	if err := checkRoomName(in.Name.V); err != nil {
		return nil, err
	}
	a, err := enterprise(lockAccount(w, in.AccountId))
	if err != nil {
		return nil, err
	}
	m, err := sameRoom(w, a, in)
	if errors.Is(err, store.ErrNotFound) {
		m, err = s.addRoom(w, a, in)
	}
	if err != nil {
		return nil, err
	}
	return &api.CreateRoomOutput{Room: roomShape(m)}, nil
}

// sameRoom returns the room that the token of a request made, or ErrNotFound.
func sameRoom(w *work.Unit, a *store.Account, in *api.CreateRoomInput) (*store.Room, error) {
	if !in.ClientRequestToken.Set {
		return nil, store.ErrNotFound
	}
	t, err := w.RoomToken(a.AccountID, in.ClientRequestToken.V)
	if err != nil {
		return nil, err
	}
	if t.Name != in.Name.V {
		return nil, api.BadRequest.Errorf("%s: ClientRequestToken was used for a room with another Name", messageBadRequest)
	}
	m, err := w.Room(a.AccountID, t.RoomID)
	return &m, err
}

// addRoom makes a room. The account is locked, so that quota and token hold.
func (s *Service) addRoom(w *work.Unit, a *store.Account, in *api.CreateRoomInput) (*store.Room, error) {
	have, err := w.CountRooms(a.AccountID)
	if err != nil {
		return nil, err
	}
	if int(have) >= s.config.Quotas.Rooms {
		return nil, api.ResourceLimitExceeded.Errorf("The account may have %d rooms", s.config.Quotas.Rooms)
	}
	m := &store.Room{
		AccountID: a.AccountID, RoomID: w.NewID(), AwsAccountID: a.AwsAccountID, Name: in.Name.V,
		CreatedBy: w.Caller.ARN, CreatedMs: w.NowMs(), UpdatedMs: w.NowMs(),
	}
	if err := w.InsertRoom(m); err != nil || !in.ClientRequestToken.Set {
		return m, err
	}
	return m, w.InsertRoomToken(&store.RoomToken{AccountID: a.AccountID, Token: in.ClientRequestToken.V, RoomID: m.RoomID, Name: m.Name})
}

// GetRoom returns a room.
func (s *Service) GetRoom(w *work.Unit, in *api.GetRoomInput) (*api.GetRoomOutput, error) {
	m, err := room(w, in.AccountId, in.RoomId)
	if err != nil {
		return nil, err
	}
	return &api.GetRoomOutput{Room: roomShape(m)}, nil
}

// roomList is newest first.
var roomList = list[store.Room, api.Room]{
	pageSize: resultPageSize,
	at:       func(m *store.Room) store.Position { return store.Position{Ms: m.CreatedMs, ID: m.RoomID} },
	shape:    value(roomShape),
	size:     jsonSize[api.Room],
}

// ListRooms returns the rooms of an account, or those of a member, newest first.
func (s *Service) ListRooms(w *work.Unit, in *api.ListRoomsInput) (*api.ListRoomsOutput, error) {
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults, filters: []*api.Opt[string]{&in.MemberId}}
	rooms, next, err := roomList.page(s, w, q, func(after store.Position, limit int) ([]store.Room, error) {
		a, err := enterprise(account(w, in.AccountId))
		if err != nil {
			return nil, err
		}
		return w.Rooms(store.RoomFilter{AccountID: a.AccountID, MemberID: in.MemberId.V, After: after, Limit: limit})
	})
	return &api.ListRoomsOutput{Rooms: rooms, NextToken: next}, err
}

// UpdateRoom renames a room.
func (s *Service) UpdateRoom(w *work.Unit, in *api.UpdateRoomInput) (*api.UpdateRoomOutput, error) {
	if in.Name.Set {
		if err := checkRoomName(in.Name.V); err != nil {
			return nil, err
		}
	}
	m, _, err := lockRoom(w, in.AccountId, in.RoomId)
	if err != nil {
		return nil, err
	}
	if in.Name.Set {
		m.Name, m.UpdatedMs = in.Name.V, w.NowMs()
	}
	return &api.UpdateRoomOutput{Room: roomShape(m)}, w.UpdateRoom(m)
}

// DeleteRoom deletes a room with its memberships and webhooks. Its messages,
// which can be many, are gone with it for everybody; a job erases them.
func (s *Service) DeleteRoom(w *work.Unit, in *api.DeleteRoomInput) error {
	m, _, err := lockRoom(w, in.AccountId, in.RoomId)
	if err != nil {
		return err
	}
	if err := w.DeleteRoom(m.AccountID, m.RoomID); err != nil {
		return err
	}
	return w.Enqueue(jobEraseRoom, eraseRoom{m.AccountID, m.RoomID}, w.NowMs())
}

// eraseRoom is the payload of the job that erases the messages of a room.
type eraseRoom struct{ AccountID, RoomID string }

// runEraseRoom erases a part and comes back for the rest.
func (s *Service) runEraseRoom(_ context.Context, t *jobs.Task) (jobs.Effects, error) {
	var p eraseRoom
	if err := t.Payload(&p); err != nil {
		return nil, err
	}
	return func(w *work.Unit) error {
		n, err := w.EraseRoomMessages(p.AccountID, p.RoomID, eraseStep)
		if err != nil || n < eraseStep {
			return err
		}
		return w.Enqueue(jobEraseRoom, p, w.NowMs())
	}, nil
}

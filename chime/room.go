package chime

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"carillon/api"
	"carillon/store"
)

// maxRoomName is the longest name of a room in characters; the model has no limit.
const maxRoomName = 256

func roomShape(m *store.Room) *api.Room {
	return &api.Room{
		AccountId: api.Some(m.AccountID), CreatedBy: api.Some(m.CreatedBy), CreatedTimestamp: api.Timestamp(m.CreatedMs),
		Name: api.Some(m.Name), RoomId: api.Some(m.RoomID), UpdatedTimestamp: api.Timestamp(m.UpdatedMs),
	}
}

func checkRoomName(name string) error {
	if n := utf8.RuneCountInString(name); n > maxRoomName {
		return api.Invalid("Name", "have length less than or equal to %d, not %d", maxRoomName, n)
	}
	if strings.TrimSpace(name) == "" {
		return api.Invalid("Name", "not be blank")
	}
	return nil
}

// CreateRoom makes a room. The same ClientRequestToken gives the same room.
func (s *Service) CreateRoom(ctx context.Context, in *api.CreateRoomInput) (*api.CreateRoomOutput, error) {
	if err := checkRoomName(in.Name.V); err != nil {
		return nil, err
	}
	var out api.CreateRoomOutput
	err := s.changeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		if err := enterprise(a); err != nil {
			return err
		}
		m, err := s.sameRoom(r, a, in)
		if errors.Is(err, store.ErrNotFound) {
			m, err = s.addRoom(ctx, r, a, in)
		}
		if err == nil {
			out.Room = roomShape(m)
		}
		return err
	})
	return &out, err
}

// sameRoom returns the room that the token of a request made, or ErrNotFound.
func (s *Service) sameRoom(r store.Records, a *store.Account, in *api.CreateRoomInput) (*store.Room, error) {
	if !in.ClientRequestToken.Set {
		return nil, store.ErrNotFound
	}
	t, err := r.RoomToken(a.AccountID, in.ClientRequestToken.V)
	if err != nil {
		return nil, err
	}
	if t.Name != in.Name.V {
		return nil, api.BadRequest.Errorf("%s: ClientRequestToken was used for a room with another Name", messageBadRequest)
	}
	m, err := r.Room(a.AccountID, t.RoomID)
	return &m, err
}

// addRoom makes a room. The account is locked, so that quota and token hold.
func (s *Service) addRoom(ctx context.Context, r store.Records, a *store.Account, in *api.CreateRoomInput) (*store.Room, error) {
	have, err := r.CountRooms(a.AccountID)
	if err != nil {
		return nil, err
	}
	if int(have) >= s.Quotas.Rooms {
		return nil, api.ResourceLimitExceeded.Errorf("The account may have %d rooms", s.Quotas.Rooms)
	}
	now := s.nowMs()
	m := &store.Room{
		AccountID: a.AccountID, RoomID: s.NewID(), AwsAccountID: a.AwsAccountID, Name: in.Name.V,
		CreatedBy: api.CallerFrom(ctx).ARN, CreatedMs: now, UpdatedMs: now,
	}
	if err := r.InsertRoom(m); err != nil || !in.ClientRequestToken.Set {
		return m, err
	}
	return m, r.InsertRoomToken(&store.RoomToken{AccountID: a.AccountID, Token: in.ClientRequestToken.V, RoomID: m.RoomID, Name: m.Name})
}

// inRoom runs fn for reading with a room of the caller.
func (s *Service) inRoom(ctx context.Context, accountID, roomID string, fn func(store.Records, *store.Account, *store.Room) error) error {
	return s.inAccount(ctx, accountID, withRoom(store.Records.Room, roomID, fn))
}

// changeRoom runs fn in a transaction with a room of the caller, locked.
func (s *Service) changeRoom(ctx context.Context, accountID, roomID string, fn func(store.Records, *store.Account, *store.Room) error) error {
	return s.writeAccount(ctx, accountID, withRoom(store.Records.LockRoom, roomID, fn))
}

type roomReader func(r store.Records, accountID, roomID string) (store.Room, error)

// withRoom checks the account's type and finds the room.
func withRoom(read roomReader, roomID string, fn func(store.Records, *store.Account, *store.Room) error) func(store.Records, *store.Account) error {
	return func(r store.Records, a *store.Account) error {
		if err := enterprise(a); err != nil {
			return err
		}
		m, err := read(r, a.AccountID, roomID)
		if err != nil {
			return absent(err)
		}
		return fn(r, a, &m)
	}
}

// GetRoom returns a room.
func (s *Service) GetRoom(ctx context.Context, in *api.GetRoomInput) (*api.GetRoomOutput, error) {
	var out api.GetRoomOutput
	err := s.inRoom(ctx, in.AccountId, in.RoomId, func(_ store.Records, _ *store.Account, m *store.Room) error {
		out.Room = roomShape(m)
		return nil
	})
	return &out, err
}

// ListRooms returns the rooms of an account, or those of a member, newest first.
func (s *Service) ListRooms(ctx context.Context, in *api.ListRoomsInput) (*api.ListRoomsOutput, error) {
	sc := scope("ListRooms", awsAccount(ctx), in.AccountId)
	c, err := s.tokens.open(sc, in.NextToken, &in.MemberId)
	if err != nil {
		return nil, err
	}
	limit := in.MaxResults.Or(resultPageSize)
	var rows []store.Room
	err = s.inAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) (err error) {
		if err := enterprise(a); err != nil {
			return err
		}
		rows, err = r.Rooms(store.RoomFilter{AccountID: a.AccountID, MemberID: in.MemberId.V, BeforeMs: c.Ms, BeforeID: c.ID, Limit: limit + 1})
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := page(s.tokens, sc, c, rows, limit, func(m *store.Room) (int64, string) { return m.CreatedMs, m.RoomID })
	return &api.ListRoomsOutput{Rooms: shapes(rows, roomShape), NextToken: next}, nil
}

// UpdateRoom renames a room.
func (s *Service) UpdateRoom(ctx context.Context, in *api.UpdateRoomInput) (*api.UpdateRoomOutput, error) {
	if in.Name.Set {
		if err := checkRoomName(in.Name.V); err != nil {
			return nil, err
		}
	}
	var out api.UpdateRoomOutput
	err := s.changeRoom(ctx, in.AccountId, in.RoomId, func(r store.Records, _ *store.Account, m *store.Room) error {
		if in.Name.Set {
			m.Name, m.UpdatedMs = in.Name.V, s.nowMs()
		}
		out.Room = roomShape(m)
		return r.UpdateRoom(m)
	})
	return &out, err
}

// DeleteRoom deletes a room with its memberships, messages and webhooks.
func (s *Service) DeleteRoom(ctx context.Context, in *api.DeleteRoomInput) error {
	return s.changeRoom(ctx, in.AccountId, in.RoomId, func(r store.Records, a *store.Account, m *store.Room) error {
		return r.DeleteRoom(a.AccountID, m.RoomID)
	})
}

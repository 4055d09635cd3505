package chime

import (
	"errors"
	"slices"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

func membershipShape(m *store.RoomMembership) *api.RoomMembership {
	member := &api.Member{
		AccountId: api.Some(m.AccountID), Email: api.NonZero(m.Email), FullName: api.NonZero(m.FullName),
		MemberId: api.Some(m.MemberID), MemberType: api.Some(api.MemberType(m.Type)),
	}
	if m.Type == string(api.MemberTypeBot) {
		member.FullName = api.Some(botName(m.FullName))
	}
	return &api.RoomMembership{
		InvitedBy: api.Some(m.InvitedBy), Member: member, Role: api.Some(api.RoomMembershipRole(m.Role)),
		RoomId: api.Some(m.RoomID), UpdatedTimestamp: api.Timestamp(m.UpdatedMs),
	}
}

// CreateRoomMembership adds a user or a bot to a room.
func (s *Service) CreateRoomMembership(w *work.Unit, in *api.CreateRoomMembershipInput) (*api.CreateRoomMembershipOutput, error) {
	room, a, err := lockRoom(w, in.AccountId, in.RoomId)
	if err != nil {
		return nil, err
	}
	if err := s.addMember(w, a, newMembership(w, room, in.MemberId.V, in.Role), room); err != nil {
		return nil, err
	}
	m, err := w.RoomMembership(a.AccountID, room.RoomID, in.MemberId.V)
	return &api.CreateRoomMembershipOutput{RoomMembership: membershipShape(&m)}, err
}

// BatchCreateRoomMembership is CreateRoomMembership for up to 50; each succeeds
// or fails on its own.
func (s *Service) BatchCreateRoomMembership(w *work.Unit, in *api.BatchCreateRoomMembershipInput) (*api.BatchCreateRoomMembershipOutput, error) {
	room, a, err := roomOf(w, in.RoomId)(enterprise(lockAccount(w, in.AccountId)))
	if err != nil {
		return nil, err
	}
	failed := []api.MemberError{}
	for _, item := range in.MembershipItemList {
		m := newMembership(w, room, item.MemberId.V, item.Role)
		refusal, failure := work.Split(s.addMember(w, a, m, room))
		if failure != nil {
			return nil, failure
		}
		if refusal != nil {
			failed = append(failed, api.MemberError{
				MemberId: item.MemberId, ErrorCode: api.Some(refusal.ErrorCode()), ErrorMessage: itemMessage(refusal),
			})
		}
	}
	return &api.BatchCreateRoomMembershipOutput{Errors: failed}, nil
}

func newMembership(w *work.Unit, room *store.Room, memberID string, role api.Opt[api.RoomMembershipRole]) *store.RoomMembership {
	return &store.RoomMembership{
		AccountID: room.AccountID, RoomID: room.RoomID, MemberID: memberID, Role: string(role.Or(api.RoomMembershipRoleMember)),
		InvitedBy: w.Caller.ARN, CreatedMs: w.NowMs(), UpdatedMs: w.NowMs(),
	}
}

// addMember adds one member to a room that is locked, so that the quotas hold.
func (s *Service) addMember(w *work.Unit, a *store.Account, m *store.RoomMembership, room *store.Room) error {
	bot, err := admit(w, a, m)
	if err != nil {
		return err
	}
	if _, err := w.RoomMembership(m.AccountID, m.RoomID, m.MemberID); err == nil {
		return alreadyMember()
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := s.membershipQuotas(w, m); err != nil {
		return err
	}
	err = w.InsertRoomMembership(m)
	if errors.Is(err, store.ErrExists) {
		return alreadyMember()
	}
	if err != nil || bot == nil {
		return err
	}
	return s.announce(w, bot, room, botEvent{Type: eventInvite, Sender: m.InvitedBy})
}

func alreadyMember() error {
	return api.Conflict.Errorf("%s: the room has this member already", messageConflict)
}

// admit finds the user or bot of a membership and checks that it may join. The
// member stays locked, so that the count of its rooms holds.
func admit(w *work.Unit, a *store.Account, m *store.RoomMembership) (*store.Bot, error) {
	u, err := w.LockUser(a.AwsAccountID, a.AccountID, m.MemberID)
	if err == nil {
		m.Type = string(api.MemberTypeUser)
		if u.Registration != string(api.RegistrationStatusRegistered) {
			return nil, api.BadRequest.Errorf("%s: the user is not registered", messageBadRequest)
		}
		return nil, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	b, err := w.LockBot(a.AccountID, m.MemberID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, api.NotFound.Errorf("%s: there is no such user or bot", messageNotFound)
	}
	if err != nil {
		return nil, err
	}
	m.Type = string(api.MemberTypeBot)
	return &b, mayJoin(&b, m)
}

func mayJoin(b *store.Bot, m *store.RoomMembership) error {
	switch {
	case m.Role == string(api.RoomMembershipRoleAdministrator):
		return api.BadRequest.Errorf("%s: a bot cannot be Administrator of a room", messageBadRequest)
	case b.Disabled:
		return api.BadRequest.Errorf("%s: the bot is disabled", messageBadRequest)
	case b.HTTPSEndpoint == "" && b.LambdaArn == "":
		return api.BadRequest.Errorf("%s: the bot has no events configuration", messageBadRequest)
	}
	return nil
}

func (s *Service) membershipQuotas(w *work.Unit, m *store.RoomMembership) error {
	members, err := w.CountRoomMembers(m.AccountID, m.RoomID)
	if err != nil {
		return err
	}
	if int(members) >= s.config.Quotas.RoomMemberships {
		return api.ResourceLimitExceeded.Errorf("The room may have %d members", s.config.Quotas.RoomMemberships)
	}
	rooms, err := w.CountRoomsOf(m.AccountID, m.MemberID)
	if err == nil && int(rooms) >= s.config.Quotas.Rooms {
		err = api.ResourceLimitExceeded.Errorf("The member may be in %d rooms", s.config.Quotas.Rooms)
	}
	return err
}

// membershipList is newest first.
var membershipList = list[store.RoomMembership, api.RoomMembership]{
	pageSize: resultPageSize,
	at:       func(m *store.RoomMembership) store.Position { return store.Position{Ms: m.CreatedMs, ID: m.MemberID} },
	shape:    value(membershipShape),
	size:     jsonSize[api.RoomMembership],
}

// ListRoomMemberships returns the members of a room, newest first.
func (s *Service) ListRoomMemberships(w *work.Unit, in *api.ListRoomMembershipsInput) (*api.ListRoomMembershipsOutput, error) {
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults}
	members, next, err := membershipList.page(s, w, q, func(after store.Position, limit int) ([]store.RoomMembership, error) {
		m, err := room(w, in.AccountId, in.RoomId)
		if err != nil {
			return nil, err
		}
		return w.RoomMemberships(m.AccountID, m.RoomID, after, limit)
	})
	return &api.ListRoomMembershipsOutput{RoomMemberships: members, NextToken: next}, err
}

// UpdateRoomMembership changes the role of a user; bots have no other.
func (s *Service) UpdateRoomMembership(w *work.Unit, in *api.UpdateRoomMembershipInput) (*api.UpdateRoomMembershipOutput, error) {
	room, _, err := lockRoom(w, in.AccountId, in.RoomId)
	if err != nil {
		return nil, err
	}
	m, err := w.RoomMembership(room.AccountID, room.RoomID, in.MemberId)
	if err != nil {
		return nil, err
	}
	if m.Type == string(api.MemberTypeBot) {
		return nil, api.BadRequest.Errorf("%s: the role of a bot cannot change", messageBadRequest)
	}
	if in.Role.Set {
		m.Role, m.UpdatedMs = string(in.Role.V), w.NowMs()
	}
	return &api.UpdateRoomMembershipOutput{RoomMembership: membershipShape(&m)}, w.UpdateRoomMembership(&m)
}

// DeleteRoomMembership takes a member out of a room. A bot is told.
func (s *Service) DeleteRoomMembership(w *work.Unit, in *api.DeleteRoomMembershipInput) error {
	room, a, err := lockRoom(w, in.AccountId, in.RoomId)
	if err != nil {
		return err
	}
	bots, err := w.BotsInRoom(a.AccountID, room.RoomID)
	if err != nil {
		return err
	}
	if err := w.DeleteRoomMembership(a.AccountID, room.RoomID, in.MemberId); err != nil {
		return err
	}
	i := slices.IndexFunc(bots, func(b store.Bot) bool { return b.BotID == in.MemberId })
	if i < 0 {
		return nil
	}
	return s.dismiss(w, &bots[i], room)
}

// dismiss tells a bot that it was removed and closes its way into the room.
func (s *Service) dismiss(w *work.Unit, b *store.Bot, room *store.Room) error {
	if err := w.DeleteBotWebhooks(b.AccountID, room.RoomID, b.BotID); err != nil {
		return err
	}
	return s.announce(w, b, room, botEvent{Type: eventRemove, Sender: w.Caller.ARN})
}

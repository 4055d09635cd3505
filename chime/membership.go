package chime

import (
	"context"
	"errors"
	"slices"

	"carillon/api"
	"carillon/store"
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
func (s *Service) CreateRoomMembership(ctx context.Context, in *api.CreateRoomMembershipInput) (*api.CreateRoomMembershipOutput, error) {
	var out api.CreateRoomMembershipOutput
	err := s.changeRoom(ctx, in.AccountId, in.RoomId, func(r store.Records, a *store.Account, room *store.Room) error {
		if err := s.addMember(r, a, s.newMembership(ctx, room, in.MemberId.V, in.Role), room); err != nil {
			return err
		}
		m, err := r.RoomMembership(a.AccountID, room.RoomID, in.MemberId.V)
		out.RoomMembership = membershipShape(&m)
		return err
	})
	s.Wake()
	return &out, err
}

// BatchCreateRoomMembership is CreateRoomMembership for up to 50; each succeeds
// or fails on its own.
func (s *Service) BatchCreateRoomMembership(ctx context.Context, in *api.BatchCreateRoomMembershipInput) (*api.BatchCreateRoomMembershipOutput, error) {
	failed := []api.MemberError{}
	err := s.changeAccount(ctx, in.AccountId, withRoom(store.Records.LockRoom, in.RoomId, func(r store.Records, a *store.Account, room *store.Room) error {
		failed = []api.MemberError{}
		at := s.nowMs() // one time for the whole batch
		for _, item := range in.MembershipItemList {
			m := s.newMembership(ctx, room, item.MemberId.V, item.Role)
			m.CreatedMs, m.UpdatedMs = at, at
			refusal, err := itemError(s.addMember(r, a, m, room))
			if err != nil {
				return err
			}
			if refusal != nil {
				failed = append(failed, api.MemberError{
					MemberId: item.MemberId, ErrorCode: api.Some(refusal.ErrorCode()), ErrorMessage: api.Some(refusal.Message),
				})
			}
		}
		return nil
	}))
	s.Wake()
	return &api.BatchCreateRoomMembershipOutput{Errors: failed}, err
}

func (s *Service) newMembership(ctx context.Context, room *store.Room, memberID string, role api.Opt[api.RoomMembershipRole]) *store.RoomMembership {
	now := s.nowMs()
	return &store.RoomMembership{
		AccountID: room.AccountID, RoomID: room.RoomID, MemberID: memberID, Role: string(role.Or(api.RoomMembershipRoleMember)),
		InvitedBy: api.CallerFrom(ctx).ARN, CreatedMs: now, UpdatedMs: now,
	}
}

// addMember adds one member to a room that is locked, so that the quotas hold.
func (s *Service) addMember(r store.Records, a *store.Account, m *store.RoomMembership, room *store.Room) error {
	bot, err := admit(r, a, m)
	if err != nil {
		return err
	}
	if _, err := r.RoomMembership(m.AccountID, m.RoomID, m.MemberID); err == nil {
		return alreadyMember()
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := s.membershipQuotas(r, m); err != nil {
		return err
	}
	err = r.InsertRoomMembership(m)
	if errors.Is(err, store.ErrExists) {
		return alreadyMember()
	}
	if err != nil || bot == nil {
		return err
	}
	return s.announce(r, bot, room, eventInvite, m.InvitedBy, "")
}

func alreadyMember() error {
	return api.Conflict.Errorf("%s: the room has this member already", messageConflict)
}

// admit finds the user or bot of a membership and checks that it may join. The
// member stays locked, so that the count of its rooms holds.
func admit(r store.Records, a *store.Account, m *store.RoomMembership) (*store.Bot, error) {
	u, err := r.LockUser(a.AwsAccountID, a.AccountID, m.MemberID)
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
	b, err := r.LockBot(a.AccountID, m.MemberID)
	if err != nil {
		return nil, absent(err)
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

func (s *Service) membershipQuotas(r store.Records, m *store.RoomMembership) error {
	members, err := r.CountRoomMembers(m.AccountID, m.RoomID)
	if err != nil {
		return err
	}
	if int(members) >= s.Quotas.RoomMemberships {
		return api.ResourceLimitExceeded.Errorf("The room may have %d members", s.Quotas.RoomMemberships)
	}
	rooms, err := r.CountRoomsOf(m.AccountID, m.MemberID)
	if err == nil && int(rooms) >= s.Quotas.Rooms {
		err = api.ResourceLimitExceeded.Errorf("The member may be in %d rooms", s.Quotas.Rooms)
	}
	return err
}

// ListRoomMemberships returns the members of a room, newest first.
func (s *Service) ListRoomMemberships(ctx context.Context, in *api.ListRoomMembershipsInput) (*api.ListRoomMembershipsOutput, error) {
	sc := scope("ListRoomMemberships", awsAccount(ctx), in.AccountId+"/"+in.RoomId)
	c, err := s.tokens.open(sc, in.NextToken)
	if err != nil {
		return nil, err
	}
	limit := in.MaxResults.Or(resultPageSize)
	var rows []store.RoomMembership
	err = s.inRoom(ctx, in.AccountId, in.RoomId, func(r store.Records, a *store.Account, m *store.Room) (err error) {
		rows, err = r.RoomMemberships(a.AccountID, m.RoomID, c.Ms, c.ID, limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := page(s.tokens, sc, c, rows, limit, func(m *store.RoomMembership) (int64, string) { return m.CreatedMs, m.MemberID })
	return &api.ListRoomMembershipsOutput{RoomMemberships: shapes(rows, membershipShape), NextToken: next}, nil
}

// UpdateRoomMembership changes the role of a user; bots have no other.
func (s *Service) UpdateRoomMembership(ctx context.Context, in *api.UpdateRoomMembershipInput) (*api.UpdateRoomMembershipOutput, error) {
	var out api.UpdateRoomMembershipOutput
	err := s.changeRoom(ctx, in.AccountId, in.RoomId, func(r store.Records, a *store.Account, room *store.Room) error {
		m, err := r.RoomMembership(a.AccountID, room.RoomID, in.MemberId)
		if err != nil {
			return absent(err)
		}
		if m.Type == string(api.MemberTypeBot) {
			return api.BadRequest.Errorf("%s: the role of a bot cannot change", messageBadRequest)
		}
		if in.Role.Set {
			m.Role, m.UpdatedMs = string(in.Role.V), s.nowMs()
		}
		out.RoomMembership = membershipShape(&m)
		return r.UpdateRoomMembership(&m)
	})
	return &out, err
}

// DeleteRoomMembership takes a member out of a room. A bot is told.
func (s *Service) DeleteRoomMembership(ctx context.Context, in *api.DeleteRoomMembershipInput) error {
	err := s.changeRoom(ctx, in.AccountId, in.RoomId, func(r store.Records, a *store.Account, room *store.Room) error {
		bots, err := r.BotsInRoom(a.AccountID, room.RoomID)
		if err != nil {
			return err
		}
		if err := r.DeleteRoomMembership(a.AccountID, room.RoomID, in.MemberId); err != nil {
			return absent(err)
		}
		i := slices.IndexFunc(bots, func(b store.Bot) bool { return b.BotID == in.MemberId })
		if i < 0 {
			return nil
		}
		return s.dismiss(ctx, r, &bots[i], room)
	})
	s.Wake()
	return err
}

// dismiss tells a bot that it was removed and closes its way into the room.
func (s *Service) dismiss(ctx context.Context, r store.Records, b *store.Bot, room *store.Room) error {
	if err := r.DeleteBotWebhooks(b.AccountID, room.RoomID, b.BotID); err != nil {
		return err
	}
	return s.announce(r, b, room, eventRemove, api.CallerFrom(ctx).ARN, "")
}

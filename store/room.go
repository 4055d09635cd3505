package store

import "carillon/store/engine"

// Room is a chat room of an Enterprise account.
type Room struct {
	AccountID    string
	RoomID       string
	AwsAccountID string
	Name         string
	CreatedBy    string // ARN
	CreatedMs    int64
	UpdatedMs    int64
}

const roomColumns = `account_id, room_id, aws_account_id, name, created_by, created_ms, updated_ms`

func (m *Room) scan(row engine.Row) error {
	return row.Scan(&m.AccountID, &m.RoomID, &m.AwsAccountID, &m.Name, &m.CreatedBy, &m.CreatedMs, &m.UpdatedMs)
}

// Room returns a room of an account, or ErrNotFound.
func (r Records) Room(accountID, roomID string) (m Room, err error) {
	err = r.one(noRoom, `SELECT `+roomColumns+` FROM rooms WHERE account_id = $1 AND room_id = $2`, []any{accountID, roomID}, m.scan)
	return m, err
}

// LockRoom is Room and keeps others from changing the room or its members.
func (r Records) LockRoom(accountID, roomID string) (m Room, err error) {
	err = r.one(noRoom, `SELECT `+roomColumns+` FROM rooms WHERE account_id = $1 AND room_id = $2 FOR UPDATE`, []any{accountID, roomID}, m.scan)
	return m, err
}

// InsertRoom adds a room.
func (r Records) InsertRoom(m *Room) error {
	return r.insert(`INSERT INTO rooms (`+roomColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		m.AccountID, m.RoomID, m.AwsAccountID, m.Name, m.CreatedBy, m.CreatedMs, m.UpdatedMs)
}

// UpdateRoom writes name and time of the last change.
func (r Records) UpdateRoom(m *Room) error {
	return r.changed(noRoom, `UPDATE rooms SET name = $1, updated_ms = $2 WHERE account_id = $3 AND room_id = $4`,
		m.Name, m.UpdatedMs, m.AccountID, m.RoomID)
}

// KeepRoom is Room and keeps the room from being deleted until the transaction
// ends.
func (r Records) KeepRoom(accountID, roomID string) (m Room, err error) {
	err = r.one(noRoom, `SELECT `+roomColumns+` FROM rooms WHERE account_id = $1 AND room_id = $2 FOR KEY SHARE`, []any{accountID, roomID}, m.scan)
	return m, err
}

// DeleteRoom removes a room with its members, tokens and webhooks. Its messages
// are for [Records.EraseRoomMessages].
func (r Records) DeleteRoom(accountID, roomID string) error {
	for _, table := range []string{"room_memberships", "room_tokens", "webhooks"} {
		if _, err := r.tx.Exec(`DELETE FROM `+table+` WHERE account_id = $1 AND room_id = $2`, accountID, roomID); err != nil {
			return err
		}
	}
	return r.changed(noRoom, `DELETE FROM rooms WHERE account_id = $1 AND room_id = $2`, accountID, roomID)
}

// EraseRoomMessages deletes up to limit messages of a room that was deleted, and
// returns how many.
func (r Records) EraseRoomMessages(accountID, roomID string, limit int) (int64, error) {
	return r.tx.Exec(`DELETE FROM messages WHERE account_id = $1 AND (container_type, container_id, message_id) IN
		(SELECT container_type, container_id, message_id FROM messages
			WHERE account_id = $1 AND container_type = $2 AND container_id = $3 LIMIT CAST($4 AS BIGINT))`,
		accountID, InRoom, roomID, limit)
}

// CountRooms counts the rooms of an account.
func (r Records) CountRooms(accountID string) (int64, error) {
	return r.count(`SELECT COUNT(*) FROM rooms WHERE account_id = $1`, accountID)
}

func (r Records) count(query string, args ...any) (n int64, err error) {
	err = r.one(noRecord, query, args, func(row engine.Row) error { return row.Scan(&n) })
	return n, err
}

// RoomFilter selects rooms of one account, newest first.
type RoomFilter struct {
	AccountID string
	MemberID  string // empty: all
	After     Position
	Limit     int
}

var newestRooms = descending(`created_ms`, `room_id`)

// Rooms returns a page of rooms.
func (r Records) Rooms(f RoomFilter) ([]Room, error) {
	var q query
	q.add(`SELECT `+roomColumns+` FROM rooms WHERE account_id = ?`, f.AccountID)
	if f.MemberID != "" {
		q.add(` AND EXISTS (SELECT 1 FROM room_memberships m WHERE m.account_id = rooms.account_id AND m.room_id = rooms.room_id AND m.member_id = ?)`, f.MemberID)
	}
	q.page(newestRooms, f.After, f.Limit)
	return collect[Room](r, q.String(), q.args)
}

// RoomToken is the idempotency token of a CreateRoom.
type RoomToken struct {
	AccountID string
	Token     string
	RoomID    string
	Name      string // that the room was created with
}

// InsertRoomToken keeps a token; ErrExists says that it was used.
func (r Records) InsertRoomToken(t *RoomToken) error {
	return r.insert(`INSERT INTO room_tokens (account_id, token, room_id, name) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		t.AccountID, t.Token, t.RoomID, t.Name)
}

// RoomToken returns a token that was used, or ErrNotFound.
func (r Records) RoomToken(accountID, token string) (t RoomToken, err error) {
	err = r.one(noRecord, `SELECT account_id, token, room_id, name FROM room_tokens WHERE account_id = $1 AND token = $2`, []any{accountID, token},
		func(row engine.Row) error { return row.Scan(&t.AccountID, &t.Token, &t.RoomID, &t.Name) })
	return t, err
}

// RoomMembership is a user or bot in a room.
type RoomMembership struct {
	AccountID string
	RoomID    string
	MemberID  string
	Type      string
	Role      string
	InvitedBy string // ARN
	CreatedMs int64
	UpdatedMs int64
	// Email and FullName are those of the user or bot; only reading sets them.
	Email    string
	FullName string
}

// The rows come with the name of a bot; that of a user is looked up by
// [Records.nameMembers].
const membershipQuery = `SELECT m.account_id, m.room_id, m.member_id, m.member_type, m.member_role, m.invited_by, m.created_ms, m.updated_ms,
		COALESCE(b.email, ''), COALESCE(b.display_name, '')
	FROM room_memberships m
	LEFT JOIN bots b ON b.account_id = m.account_id AND b.bot_id = m.member_id
	WHERE m.account_id = `

func (m *RoomMembership) scan(row engine.Row) error {
	return row.Scan(&m.AccountID, &m.RoomID, &m.MemberID, &m.Type, &m.Role, &m.InvitedBy, &m.CreatedMs, &m.UpdatedMs, &m.Email, &m.FullName)
}

// InsertRoomMembership adds a member; ErrExists says that it is one already.
func (r Records) InsertRoomMembership(m *RoomMembership) error {
	return r.insert(`INSERT INTO room_memberships (account_id, room_id, member_id, member_type, member_role, invited_by, created_ms, updated_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		m.AccountID, m.RoomID, m.MemberID, m.Type, m.Role, m.InvitedBy, m.CreatedMs, m.UpdatedMs)
}

// RoomMembership returns a membership, or ErrNotFound.
func (r Records) RoomMembership(accountID, roomID, memberID string) (m RoomMembership, err error) {
	if err = r.one(noMembership, membershipQuery+`$1 AND m.room_id = $2 AND m.member_id = $3`, []any{accountID, roomID, memberID}, m.scan); err != nil {
		return m, err
	}
	list := []RoomMembership{m}
	err = r.nameMembers(list)
	return list[0], err
}

// UpdateRoomMembership writes role and time of the last change.
func (r Records) UpdateRoomMembership(m *RoomMembership) error {
	return r.changed(noMembership, `UPDATE room_memberships SET member_role = $1, updated_ms = $2
		WHERE account_id = $3 AND room_id = $4 AND member_id = $5`, m.Role, m.UpdatedMs, m.AccountID, m.RoomID, m.MemberID)
}

// DeleteRoomMembership removes a member, or returns ErrNotFound.
func (r Records) DeleteRoomMembership(accountID, roomID, memberID string) error {
	return r.changed(noMembership, `DELETE FROM room_memberships WHERE account_id = $1 AND room_id = $2 AND member_id = $3`, accountID, roomID, memberID)
}

// CountRoomMembers counts the members of a room.
func (r Records) CountRoomMembers(accountID, roomID string) (int64, error) {
	return r.count(`SELECT COUNT(*) FROM room_memberships WHERE account_id = $1 AND room_id = $2`, accountID, roomID)
}

// CountRoomsOf counts the rooms that a user or bot is in.
func (r Records) CountRoomsOf(accountID, memberID string) (int64, error) {
	return r.count(`SELECT COUNT(*) FROM room_memberships WHERE account_id = $1 AND member_id = $2`, accountID, memberID)
}

var newestMembers = descending(`m.created_ms`, `m.member_id`)

// RoomMemberships returns a page of a room's members, newest first; beforeMs 0
// begins.
func (r Records) RoomMemberships(accountID, roomID string, after Position, limit int) ([]RoomMembership, error) {
	var q query
	q.add(membershipQuery+`? AND m.room_id = ?`, accountID, roomID)
	q.page(newestMembers, after, limit)
	list, err := collect[RoomMembership](r, q.String(), q.args)
	if err != nil {
		return nil, err
	}
	return list, r.nameMembers(list)
}

// nameMembers sets the addresses and names of the users among members of one
// account.
func (r Records) nameMembers(list []RoomMembership) error {
	byID := map[string]*RoomMembership{}
	var ids []string
	for i := range list {
		byID[list[i].MemberID] = &list[i]
		ids = append(ids, list[i].MemberID)
	}
	if len(list) == 0 {
		return nil
	}
	return r.usersWithIDs(userByID, []any{list[0].AccountID}, ids, func(u *User) {
		m := byID[u.UserID]
		m.Email, m.FullName = u.Email, u.DisplayName
	})
}

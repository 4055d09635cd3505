package store

import "carillon/store/engine"

// Invitation is an invitation of a user to an account. Times are milliseconds since
// 1970 UTC.
type Invitation struct {
	InviteID     string
	AccountID    string
	AwsAccountID string
	UserID       string
	Email        string
	InvitedBy    string // ARN; empty: not known
	// Languages are those of the mail, as Accept-Language has them; empty: the default.
	Languages string
	// Status is that of the API: Pending, Accepted or Failed.
	Status      string
	EmailStatus string
	// Serial counts the links; the one with the newest is good.
	Serial int64
	// Attempts counts those to deliver the mail, LastError is how the last one ended.
	Attempts  int64
	LastError string

	CreatedMs int64
	InvitedMs int64 // when it was sent the last time
	ExpiresMs int64
}

const invitationColumns = `invite_id, account_id, aws_account_id, user_id, email, invited_by, languages, status, email_status,
	serial, attempts, last_error, created_ms, invited_ms, expires_ms`

func (i *Invitation) scan(row engine.Row) error {
	return row.Scan(&i.InviteID, &i.AccountID, &i.AwsAccountID, &i.UserID, &i.Email, &i.InvitedBy, &i.Languages, &i.Status, &i.EmailStatus,
		&i.Serial, &i.Attempts, &i.LastError, &i.CreatedMs, &i.InvitedMs, &i.ExpiresMs)
}

// InsertInvitation adds an invitation. ErrExists says that its id is taken.
func (r Records) InsertInvitation(i *Invitation) error {
	return r.insert(`INSERT INTO invitations (`+invitationColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING`,
		i.InviteID, i.AccountID, i.AwsAccountID, i.UserID, i.Email, i.InvitedBy, i.Languages, i.Status, i.EmailStatus,
		i.Serial, i.Attempts, i.LastError, i.CreatedMs, i.InvitedMs, i.ExpiresMs)
}

// UpdateInvitation writes what can change of an invitation: all but ids, address
// and age.
func (r Records) UpdateInvitation(i *Invitation) error {
	return r.changed(noInvitation, `UPDATE invitations SET invited_by = $1, languages = $2, status = $3, email_status = $4, serial = $5,
			attempts = $6, last_error = $7, invited_ms = $8, expires_ms = $9
		WHERE invite_id = $10`,
		i.InvitedBy, i.Languages, i.Status, i.EmailStatus, i.Serial, i.Attempts, i.LastError, i.InvitedMs, i.ExpiresMs, i.InviteID)
}

// Invitation returns an invitation by its id alone, or ErrNotFound.
func (r Records) Invitation(inviteID string) (*Invitation, error) {
	return get[Invitation](r, noInvitation, `SELECT `+invitationColumns+` FROM invitations WHERE invite_id = $1`, inviteID)
}

// LockInvitation is Invitation and keeps others from changing it until the
// transaction ends.
func (r Records) LockInvitation(inviteID string) (*Invitation, error) {
	return get[Invitation](r, noInvitation, `SELECT `+invitationColumns+` FROM invitations WHERE invite_id = $1 FOR UPDATE`, inviteID)
}

// LockInvitations is LockInvitation for several, by their ids; what is not there is
// left out.
func (r Records) LockInvitations(inviteIDs []string) (map[string]*Invitation, error) {
	found := map[string]*Invitation{}
	if len(inviteIDs) == 0 {
		return found, nil
	}
	var q query
	q.add(`SELECT `+invitationColumns+` FROM invitations WHERE invite_id IN (`+anonymous(len(inviteIDs))+`)`, padded(inviteIDs)...)
	q.add(` ORDER BY invite_id` + forUpdate)
	list, err := collect[Invitation](r, q.String(), q.args)
	for i := range list {
		found[list[i].InviteID] = &list[i]
	}
	return found, err
}

// DeleteUserInvitations removes the invitations of a user, so that their links are
// worth nothing.
func (r Records) DeleteUserInvitations(accountID, userID string) error {
	_, err := r.tx.Exec(`DELETE FROM invitations WHERE account_id = $1 AND user_id = $2`, accountID, userID)
	return err
}

// InvitationFilter selects invitations of one account, in the order of their
// creation.
type InvitationFilter struct {
	AwsAccountID, AccountID string
	// Status, if not empty, selects by it.
	Status string
	After  Position
	Limit  int
}

var invitationsByAge = ascending(`created_ms`, `invite_id`)

// Invitations returns a page of the invitations of an account, oldest first.
func (r Records) Invitations(f InvitationFilter) ([]Invitation, error) {
	var q query
	q.add(`SELECT `+invitationColumns+` FROM invitations WHERE account_id = ? AND aws_account_id = ?`, f.AccountID, f.AwsAccountID)
	if f.Status != "" {
		q.add(` AND status = ?`, f.Status)
	}
	q.page(invitationsByAge, f.After, f.Limit)
	return collect[Invitation](r, q.String(), q.args)
}

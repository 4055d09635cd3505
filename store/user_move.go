package store

import (
	"encoding/json"
	"fmt"

	"carillon/store/engine"
)

// moveRows is how many users moveUsers moves in one transaction.
const moveRows = 4096

// movePosition is where moveUsers goes on: behind a row of users_before.
type movePosition struct {
	Account string
	Ms      int64
	ID      string
}

// moveUsers moves the users of versions up to 7 to user_rows, account by account
// in the order of its list, which is nearly that of the new table, and removes the old
// table at last.
func moveUsers(_ *Store, tx engine.Tx, from string) (next string, err error) {
	var at movePosition
	if err := json.Unmarshal([]byte(from), &at); err != nil {
		return "", fmt.Errorf("the position %q: %w", from, err)
	}
	rows, err := movable(tx, at)
	if err != nil {
		return "", err
	}
	if len(rows) == 0 {
		return "", finishMove(tx)
	}
	if err := move(Records{tx}, rows); err != nil {
		return "", err
	}
	last := rows[len(rows)-1]
	text, err := json.Marshal(movePosition{last.AccountID, last.CreatedMs, last.UserID})
	return string(text), err
}

// finishMove makes the index that would have cost most of the move with each row.
func finishMove(tx engine.Tx) error {
	for _, statement := range []string{
		`CREATE UNIQUE INDEX user_rows_by_email ON user_rows (email_key, account_id)`,
		`DROP TABLE users_before`,
	} {
		if _, err := tx.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// movableUser is a row of users_before. The key may not be that of the address:
// see rekeyEmails.
type movableUser struct {
	User
	emailKey string
}

const movableColumns = `account_id, user_id, aws_account_id, email, display_name, license, user_type, registration,
	invitation, invite_id, email_status, personal_pin, phone_number, alexa_enabled, alexa_room_arn,
	inbound_calling, outbound_calling, sms, created_ms, registered_ms, invited_ms, signed_out_ms, email_key`

func (u *movableUser) scan(row engine.Row) error {
	return row.Scan(&u.AccountID, &u.UserID, &u.AwsAccountID, &u.Email, &u.DisplayName, &u.License, &u.Type, &u.Registration,
		&u.Invitation, &u.InviteID, &u.EmailStatus, &u.PersonalPIN, &u.PhoneNumber, &u.AlexaEnabled, &u.AlexaRoomArn,
		&u.InboundCalling, &u.OutboundCalling, &u.SMS, &u.CreatedMs, &u.RegisteredMs, &u.InvitedMs, &u.SignedOutMs, &u.emailKey)
}

func movable(tx engine.Tx, after movePosition) ([]movableUser, error) {
	return collect[movableUser](Records{tx}, `SELECT `+movableColumns+` FROM users_before
		WHERE (account_id, created_ms, user_id) > ($1, $2, $3) ORDER BY account_id, created_ms, user_id LIMIT CAST($4 AS BIGINT)`,
		[]any{after.Account, after.Ms, after.ID, moveRows})
}

// move adds rows to user_rows. None may be left out.
func move(r Records, rows []movableUser) error {
	for len(rows) > 0 {
		n := chunk(len(rows))
		args := make([]any, 0, n*userValues)
		for i := range rows[:n] {
			args = append(args, rows[i].valuesWithKey(rows[i].emailKey)...)
		}
		added, err := r.insertRows(n, args)
		if err == nil && len(added) != n {
			err = fmt.Errorf("%d of %d users were there already", n-len(added), n)
		}
		if err != nil {
			return fmt.Errorf("moving users of account %s: %w", rows[0].AccountID, err)
		}
		rows = rows[n:]
	}
	return nil
}

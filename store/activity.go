package store

import (
	"carillon/store/engine"
)

// Activity is what a user did in a week.
type Activity struct {
	AccountID, UserID string
	// WeekMs is when the week began: on Sunday, 0:00 UTC.
	WeekMs int64
	// ActiveMs is when the user acted last in it.
	ActiveMs int64
	// Messages is how many messages the user sent.
	Messages int64
}

const (
	dayMs  = 24 * 60 * 60 * 1000
	weekMs = 7 * dayMs
	// firstSundayMs is when the first week of 1970 began that was whole.
	firstSundayMs = 3 * dayMs
)

// WeekOf returns when the week of a moment began, both in milliseconds since 1970.
func WeekOf(ms int64) int64 {
	since := (ms - firstSundayMs) % weekMs
	if since < 0 {
		since += weekMs
	}
	return ms - since
}

// AddActivity notes that a user acted at a.ActiveMs, and adds a.Messages; the week
// follows from that.
func (r Records) AddActivity(a *Activity) error {
	_, err := r.tx.Exec(`INSERT INTO user_activity (account_id, user_id, week_ms, active_ms, messages) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id, user_id, week_ms) DO UPDATE SET
			active_ms = CASE WHEN user_activity.active_ms < excluded.active_ms THEN excluded.active_ms ELSE user_activity.active_ms END,
			messages = user_activity.messages + excluded.messages`,
		a.AccountID, a.UserID, WeekOf(a.ActiveMs), a.ActiveMs, a.Messages)
	return err
}

// forgetActivity forgets what somebody did who is not in the account and will not
// come back.
func (r Records) forgetActivity(accountID, userID string) error {
	present, err := r.PresentUsers(accountID, []string{userID})
	if err != nil || present[userID] {
		return err
	}
	_, err = r.tx.Exec(`DELETE FROM user_activity WHERE account_id = $1 AND user_id = $2`, accountID, userID)
	return err
}

// LastActive returns when users of an account acted last, by their ids; those who
// never did are left out.
func (r Records) LastActive(accountID string, userIDs ...string) (map[string]int64, error) {
	return r.byUser(`SELECT user_id, MAX(active_ms) FROM user_activity WHERE account_id = $1 AND user_id = $2 GROUP BY user_id`,
		[]any{accountID}, userIDs)
}

// ActivityOfWeek returns how many messages users of an account sent in the week that
// began at a moment, by their ids.
func (r Records) ActivityOfWeek(accountID string, weekMs int64, userIDs ...string) (map[string]int64, error) {
	return r.byUser(`SELECT user_id, messages FROM user_activity WHERE account_id = $1 AND week_ms = $2 AND user_id = $3`,
		[]any{accountID, weekMs}, userIDs)
}

// byUser returns the number that a query has for each user, whose id is its last
// parameter.
func (r Records) byUser(query string, args []any, userIDs []string) (map[string]int64, error) {
	of := map[string]int64{}
	err := forKeys(r, query, args, userIDs, func(row engine.Row) error {
		var id string
		var n int64
		err := row.Scan(&id, &n)
		of[id] = n
		return err
	})
	return of, err
}

package chime

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// noteSender notes that a user has sent a message. Senders that are no users of the
// account, as webhooks, leave nothing.
func noteSender(w *work.Unit, m *store.Message) error {
	id, err := senderID(w, m)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return w.AddActivity(&store.Activity{AccountID: m.AccountID, UserID: id, ActiveMs: m.CreatedMs, Messages: 1})
}

// senderID returns the user who has sent a message, known by id or address.
func senderID(w *work.Unit, m *store.Message) (string, error) {
	if strings.Contains(m.Sender, "@") {
		return w.UserIDByEmail(m.AccountID, m.Sender)
	}
	u, err := w.User(w.Caller.AwsAccountID, m.AccountID, m.Sender)
	return u.UserID, err
}

// ListUserActivity returns what the users of an account did in a week, as the weekly
// report of Amazon Chime said it. There are no meetings here: their numbers are 0.
func (s *Service) ListUserActivity(w *work.Unit, in *api.ListUserActivityInput) (*api.ListUserActivityOutput, error) {
	week, err := weekStart(in.Week.V)
	if err != nil {
		return nil, err
	}
	a, err := account(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	name := api.Some(in.Week.V)
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults, filters: []*api.Opt[string]{&name}}
	shown := activityList
	users, next, err := shown.stream(s, w, q, activityShape, func(after store.Position, limit int, each func(*store.User)) error {
		return w.Users(store.UserFilter{AwsAccountID: a.AwsAccountID, AccountID: a.AccountID, After: after, Limit: limit}, each)
	})
	if err != nil {
		return nil, err
	}
	return &api.ListUserActivityOutput{
		AccountName: api.Some(a.Name), NextToken: next, Users: users, WeekStart: api.Timestamp(week.UnixMilli()),
	}, fillActivity(w, a.AccountID, week, users)
}

var activityList = list[store.User, api.UserActivity]{
	pageSize: resultPageSize,
	at:       func(u *store.User) store.Position { return store.Position{Ms: u.CreatedMs, ID: u.UserID} },
	size:     jsonSize[api.UserActivity],
}

func activityShape(v *api.UserActivity, u *store.User) {
	*v = api.UserActivity{
		CreatedOn: api.Timestamp(u.CreatedMs), DisplayName: api.NonZero(u.DisplayName), PrimaryEmail: api.Some(u.Email),
		MeetingsAttended: api.Some(0), MeetingsHosted: api.Some(0), UserId: api.Some(u.UserID),
		UserRegistrationStatus: api.Some(api.RegistrationStatus(u.Registration)),
	}
}

// fillActivity adds what only the activity tells: two queries a page.
func fillActivity(w *work.Unit, accountID string, week time.Time, users []api.UserActivity) error {
	ids := make([]string, len(users))
	for i := range users {
		ids[i] = users[i].UserId.V
	}
	messages, err := w.ActivityOfWeek(accountID, week.UnixMilli(), ids...)
	if err != nil {
		return err
	}
	last, err := w.LastActive(accountID, ids...)
	for i := range users {
		users[i].MessagesSent = api.Some(int(messages[ids[i]]))
		users[i].LastActiveOn = api.Timestamp(last[ids[i]])
	}
	return err
}

// weekStart returns the Sunday, 0:00 UTC, with which the week of a report begins:
// the day before the Monday of the week of ISO 8601 that a text names, as in
// 2026-W47. The two have six days in common.
func weekStart(text string) (time.Time, error) {
	wrong := api.Invalid("Week", "name a week of ISO 8601, as in 2026-W47")
	year, number, _ := strings.Cut(text, "-W")
	y, err1 := strconv.Atoi(year)
	n, err2 := strconv.Atoi(number)
	if err1 != nil || err2 != nil || y == 0 {
		return time.Time{}, wrong
	}
	fourth := time.Date(y, time.January, 4, 0, 0, 0, 0, time.UTC) // is in the first week
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7+7*(n-1))
	if gotYear, gotWeek := monday.ISOWeek(); gotYear != y || gotWeek != n {
		return time.Time{}, wrong
	}
	return monday.AddDate(0, 0, -1), nil
}

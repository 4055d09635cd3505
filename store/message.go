package store

import "carillon/store/engine"

// The containers of messages.
const (
	InRoom         = "Room"
	InConversation = "Conversation"
)

// Message is a message of a room or a conversation.
type Message struct {
	AccountID     string
	ContainerType string // InRoom or InConversation
	ContainerID   string
	MessageID     string
	Sender        string
	Content       string // empty when redacted
	Redacted      bool
	CreatedMs     int64
}

const messageColumns = `account_id, container_type, container_id, message_id, sender, content, redacted, created_ms`

func (m *Message) scan(row engine.Row) error {
	return row.Scan(&m.AccountID, &m.ContainerType, &m.ContainerID, &m.MessageID, &m.Sender, &m.Content, &m.Redacted, &m.CreatedMs)
}

// InsertMessage adds a message; ErrExists says that it is there.
func (r Records) InsertMessage(m *Message) error {
	return r.insert(`INSERT INTO messages (`+messageColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		m.AccountID, m.ContainerType, m.ContainerID, m.MessageID, m.Sender, m.Content, m.Redacted, m.CreatedMs)
}

// RedactMessage blanks a message for good, or returns ErrNotFound.
func (r Records) RedactMessage(accountID, containerType, containerID, messageID string) error {
	return r.changed(noMessage, `UPDATE messages SET content = $1, redacted = $2
		WHERE account_id = $3 AND container_type = $4 AND container_id = $5 AND message_id = $6`,
		"", true, accountID, containerType, containerID, messageID)
}

// MessageFilter selects messages of one room or conversation, newest first.
type MessageFilter struct {
	AccountID     string
	ContainerType string
	ContainerID   string
	SinceMs       int64 // leaves out older ones
	After         Position
	Limit         int
}

var newestMessages = descending(`created_ms`, `message_id`)

// Messages returns a page of messages.
func (r Records) Messages(f MessageFilter) ([]Message, error) {
	var q query
	q.add(`SELECT `+messageColumns+` FROM messages WHERE account_id = ? AND container_type = ? AND container_id = ? AND created_ms >= ?`,
		f.AccountID, f.ContainerType, f.ContainerID, f.SinceMs)
	q.page(newestMessages, f.After, f.Limit)
	return collect[Message](r, q.String(), q.args)
}

// HasConversation reports whether an account has any message of a conversation.
func (r Records) HasConversation(accountID, conversationID string) (found bool, err error) {
	err = r.tx.Query(`SELECT message_id FROM messages WHERE account_id = $1 AND container_type = $2 AND container_id = $3 LIMIT 1`,
		[]any{accountID, InConversation, conversationID}, func(engine.Row) error {
			found = true
			return nil
		})
	return found, err
}

// Message returns a message, or ErrNotFound.
func (r Records) Message(accountID, containerType, containerID, messageID string) (m Message, err error) {
	err = r.one(noMessage, `SELECT `+messageColumns+` FROM messages
		WHERE account_id = $1 AND container_type = $2 AND container_id = $3 AND message_id = $4`,
		[]any{accountID, containerType, containerID, messageID}, m.scan)
	return m, err
}

// PurgeMessages deletes up to limit messages of an account that are older than a
// moment, and returns how many.
func (r Records) PurgeMessages(accountID, containerType string, beforeMs int64, limit int) (int64, error) {
	return r.tx.Exec(`DELETE FROM messages WHERE account_id = $1 AND (container_type, container_id, message_id) IN
		(SELECT container_type, container_id, message_id FROM messages
			WHERE account_id = $1 AND container_type = $2 AND created_ms < $3 LIMIT CAST($4 AS BIGINT))`,
		accountID, containerType, beforeMs, limit)
}

// Webhook is an inbound endpoint of a room: one that a person made, or one
// that a bot event carries.
type Webhook struct {
	WebhookID    string
	AwsAccountID string
	AccountID    string
	RoomID       string
	BotID        string // empty: a person's
	Name         string
	CreatedBy    string
	CreatedMs    int64
	ExpiresMs    int64 // 0: never
	PostedMs     int64 // the last message
}

const webhookColumns = `webhook_id, aws_account_id, account_id, room_id, bot_id, name, created_by, created_ms, expires_ms, posted_ms`

func (w *Webhook) scan(row engine.Row) error {
	return row.Scan(&w.WebhookID, &w.AwsAccountID, &w.AccountID, &w.RoomID, &w.BotID, &w.Name, &w.CreatedBy,
		&w.CreatedMs, &w.ExpiresMs, &w.PostedMs)
}

// InsertWebhook adds a webhook.
func (r Records) InsertWebhook(w *Webhook) error {
	return r.insert(`INSERT INTO webhooks (`+webhookColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		w.WebhookID, w.AwsAccountID, w.AccountID, w.RoomID, w.BotID, w.Name, w.CreatedBy, w.CreatedMs, w.ExpiresMs, w.PostedMs)
}

// Webhook returns a webhook by its id alone, or ErrNotFound.
func (r Records) Webhook(webhookID string) (w Webhook, err error) {
	err = r.one(noWebhook, `SELECT `+webhookColumns+` FROM webhooks WHERE webhook_id = $1`, []any{webhookID}, w.scan)
	return w, err
}

// RoomWebhooks returns the webhooks of a room that people made, oldest first.
func (r Records) RoomWebhooks(accountID, roomID string) (list []Webhook, err error) {
	err = r.tx.Query(`SELECT `+webhookColumns+` FROM webhooks WHERE account_id = $1 AND room_id = $2 AND bot_id = $3 ORDER BY created_ms, webhook_id`,
		[]any{accountID, roomID, ""}, func(row engine.Row) error {
			var w Webhook
			err := w.scan(row)
			list = append(list, w)
			return err
		})
	return list, err
}

// TouchWebhook notes a message at nowMs. It reports false, and notes nothing,
// when the last one came after sinceMs, and not later than untilMs.
func (r Records) TouchWebhook(webhookID string, nowMs, sinceMs, untilMs int64) (bool, error) {
	n, err := r.tx.Exec(`UPDATE webhooks SET posted_ms = $1
		WHERE webhook_id = $2 AND (posted_ms <= $3 OR posted_ms > $4)`, nowMs, webhookID, sinceMs, untilMs)
	return n > 0, err
}

// DeleteRoomWebhook removes a room's webhook, or returns ErrNotFound.
func (r Records) DeleteRoomWebhook(accountID, roomID, webhookID string) error {
	return r.changed(noWebhook, `DELETE FROM webhooks WHERE webhook_id = $1 AND account_id = $2 AND room_id = $3 AND bot_id = $4`,
		webhookID, accountID, roomID, "")
}

// DeleteBotWebhooks removes the endpoints that a bot has for a room.
func (r Records) DeleteBotWebhooks(accountID, roomID, botID string) error {
	_, err := r.tx.Exec(`DELETE FROM webhooks WHERE account_id = $1 AND room_id = $2 AND bot_id = $3`, accountID, roomID, botID)
	return err
}

// PurgeWebhooks removes up to limit endpoints whose time is over, and returns how
// many.
func (r Records) PurgeWebhooks(nowMs int64, limit int) (int64, error) {
	return r.tx.Exec(`DELETE FROM webhooks WHERE webhook_id IN
		(SELECT webhook_id FROM webhooks WHERE expires_ms > 0 AND expires_ms < $1 LIMIT CAST($2 AS BIGINT))`, nowMs, limit)
}

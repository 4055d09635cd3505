package store

import "carillon/store/engine"

// Bot is a chat bot of an Enterprise account. Its security token is derived
// from the server's secrets and TokenSerial; the store does not have it.
type Bot struct {
	AccountID     string
	BotID         string
	AwsAccountID  string
	DisplayName   string // without the suffix that answers show
	Email         string
	Disabled      bool
	TokenSerial   int64
	HTTPSEndpoint string // where events go: this, or a Lambda function, or nowhere
	LambdaArn     string
	CreatedMs     int64
	UpdatedMs     int64
}

const botColumns = `account_id, bot_id, aws_account_id, display_name, email, disabled, token_serial, https_endpoint, lambda_arn, created_ms, updated_ms`

func (b *Bot) scan(row engine.Row) error {
	return row.Scan(&b.AccountID, &b.BotID, &b.AwsAccountID, &b.DisplayName, &b.Email, &b.Disabled, &b.TokenSerial,
		&b.HTTPSEndpoint, &b.LambdaArn, &b.CreatedMs, &b.UpdatedMs)
}

// InsertBot adds a bot; ErrExists says that its address is taken.
func (r Records) InsertBot(b *Bot) error {
	return r.insert(`INSERT INTO bots (`+botColumns+`, email_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		b.AccountID, b.BotID, b.AwsAccountID, b.DisplayName, b.Email, b.Disabled, b.TokenSerial, b.HTTPSEndpoint, b.LambdaArn,
		b.CreatedMs, b.UpdatedMs, EmailKey(b.Email))
}

// Bot returns a bot of an account, or ErrNotFound.
func (r Records) Bot(accountID, botID string) (b Bot, err error) {
	err = r.one(noBot, `SELECT `+botColumns+` FROM bots WHERE account_id = $1 AND bot_id = $2`, []any{accountID, botID}, b.scan)
	return b, err
}

// LockBot is Bot and keeps others from changing the bot.
func (r Records) LockBot(accountID, botID string) (b Bot, err error) {
	err = r.one(noBot, `SELECT `+botColumns+` FROM bots WHERE account_id = $1 AND bot_id = $2 FOR UPDATE`, []any{accountID, botID}, b.scan)
	return b, err
}

// UpdateBot writes what can change of a bot.
func (r Records) UpdateBot(b *Bot) error {
	return r.changed(noBot, `UPDATE bots SET disabled = $1, token_serial = $2, https_endpoint = $3, lambda_arn = $4, updated_ms = $5
		WHERE account_id = $6 AND bot_id = $7`,
		b.Disabled, b.TokenSerial, b.HTTPSEndpoint, b.LambdaArn, b.UpdatedMs, b.AccountID, b.BotID)
}

// CountBots counts the bots of an account.
func (r Records) CountBots(accountID string) (int64, error) {
	return r.count(`SELECT COUNT(*) FROM bots WHERE account_id = $1`, accountID)
}

var newestBots = descending(`created_ms`, `bot_id`)

// Bots returns a page of the bots of an account, newest first.
func (r Records) Bots(accountID string, after Position, limit int) ([]Bot, error) {
	var q query
	q.add(`SELECT `+botColumns+` FROM bots WHERE account_id = ?`, accountID)
	q.page(newestBots, after, limit)
	return collect[Bot](r, q.String(), q.args)
}

// BotsInRoom returns the bots that are members of a room.
func (r Records) BotsInRoom(accountID, roomID string) (list []Bot, err error) {
	err = r.tx.Query(`SELECT `+botColumns+` FROM bots WHERE account_id = $1
			AND bot_id IN (SELECT member_id FROM room_memberships WHERE account_id = $1 AND room_id = $2)
		ORDER BY bot_id`, []any{accountID, roomID}, func(row engine.Row) error {
		var b Bot
		err := b.scan(row)
		list = append(list, b)
		return err
	})
	return list, err
}

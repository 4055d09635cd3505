package chime

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// The types of events that bots are sent.
const (
	eventInvite  = "Invite"
	eventMention = "Mention"
	eventRemove  = "Remove"
)

// shortLived is how long the endpoint that a mention carries can be used.
const shortLived = 2 * time.Minute

// botEvent is the payload of the job that delivers an event. It has ids only: the
// text of a message, which may be redacted meanwhile, and the address for
// answers, which is a secret, are looked up when the event goes out.
type botEvent struct {
	AccountID, BotID, RoomID string
	Type                     string
	Sender                   string
	MessageID                string // of a mention
	Message                  string `json:",omitempty"` // its text, in jobs of version 0.0
	WebhookID                string // empty: the event carries no address
	AtMs                     int64
}

// announce leaves the job that tells a bot of an event in a room, with an
// address under which the bot can answer there.
func (s *Service) announce(w *work.Unit, b *store.Bot, room *store.Room, e botEvent) error {
	e.AccountID, e.BotID, e.RoomID, e.AtMs = b.AccountID, b.BotID, room.RoomID, w.NowMs()
	if e.Type != eventRemove {
		hook := newWebhook(w, room, botName(b.DisplayName), e.Sender)
		hook.BotID = b.BotID
		if e.Type == eventMention {
			hook.ExpiresMs = w.Now.Add(shortLived).UnixMilli()
		}
		if err := w.InsertWebhook(hook); err != nil {
			return err
		}
		e.WebhookID = hook.WebhookID
	}
	return w.Enqueue(jobBotEvent, e, e.AtMs)
}

// mention tells the bots of a room that a message calls by name or address. A
// bot does not hear itself.
func (s *Service) mention(w *work.Unit, room *store.Room, m *store.Message, senderBotID string) error {
	if !strings.Contains(m.Content, "@") {
		return nil
	}
	bots, err := w.BotsInRoom(room.AccountID, room.RoomID)
	if err != nil {
		return err
	}
	for i := range bots {
		b := &bots[i]
		if !calls(m.Content, "@"+b.DisplayName) && !calls(m.Content, b.Email) || b.Disabled || b.BotID == senderBotID {
			continue
		}
		if err := s.announce(w, b, room, botEvent{Type: eventMention, Sender: m.Sender, MessageID: m.MessageID}); err != nil {
			return err
		}
	}
	return nil
}

// calls reports whether a text has a name that does not go on as another name.
func calls(text, name string) bool {
	for {
		_, after, found := strings.Cut(text, name)
		if !found {
			return false
		}
		next, _ := utf8.DecodeRuneInString(after)
		if after == "" || !unicode.IsLetter(next) && !unicode.IsDigit(next) && !strings.ContainsRune("_-", next) {
			return true
		}
		text = after
	}
}

// The wire form of an event.
type (
	eventBody struct {
		Sender               eventSender
		Discussion           eventDiscussion
		EventType            string
		InboundHttpsEndpoint *eventEndpoint `json:",omitempty"`
		EventTimestamp       string
		// EventId is the same when an event is delivered again.
		EventId string
		Message string `json:",omitempty"`
	}
	eventSender     struct{ SenderId, SenderIdType string }
	eventDiscussion struct{ DiscussionId, DiscussionType string }
	eventEndpoint   struct{ EndpointType, Url string }
)

func (s *Service) eventBody(id string, e *botEvent, text string) []byte {
	v := eventBody{
		Sender: eventSender{e.Sender, senderType(e.Sender)}, Discussion: eventDiscussion{e.RoomID, store.InRoom},
		EventType: e.Type, EventTimestamp: isoTime(time.UnixMilli(e.AtMs)), EventId: id, Message: text,
	}
	if e.WebhookID != "" {
		v.InboundHttpsEndpoint = &eventEndpoint{"Persistent", s.webhookURL(e.WebhookID)}
		if e.Type == eventMention {
			v.InboundHttpsEndpoint.EndpointType = "ShortLived"
		}
	}
	body, _ := json.Marshal(v) // strings always marshal
	return body
}

// senderType says what a sender is named by: callers of the API by their ARN,
// webhooks by their name. Amazon Chime knew e-mail addresses only.
func senderType(sender string) string {
	switch {
	case strings.HasPrefix(sender, "arn:"):
		return "Arn"
	case strings.Contains(sender, "@"):
		return "EmailId"
	}
	return "Webhook"
}

func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// runBotEvent delivers one event. The endpoint may see it again after a crash.
func (s *Service) runBotEvent(ctx context.Context, t *jobs.Task) (jobs.Effects, error) {
	var e botEvent
	if err := t.Payload(&e); err != nil {
		return nil, err
	}
	var b store.Bot
	var text string
	err := t.Look(ctx, func(w *work.Unit) (err error) {
		if b, err = w.Bot(e.AccountID, e.BotID); err == nil {
			text, err = told(w, &b, &e)
		}
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && (b.Disabled || b.HTTPSEndpoint == "" && b.LambdaArn == ""):
		return nil, nil // nobody wants it any more, or may know
	case err != nil:
		return nil, err
	}
	return nil, s.deliver(ctx, &b, s.eventBody(t.JobID, &e, text))
}

// told returns the text of the message that an event tells of. What was redacted
// or deleted is not there, also when it is still to be erased with its room or
// account.
func told(w *work.Unit, b *store.Bot, e *botEvent) (string, error) {
	if _, err := w.Account(b.AwsAccountID, b.AccountID); err != nil {
		return "", err
	}
	if e.Type != eventRemove {
		if _, err := w.Room(e.AccountID, e.RoomID); err != nil {
			return "", err
		}
	}
	if e.MessageID == "" {
		return e.Message, nil
	}
	m, err := w.Message(e.AccountID, store.InRoom, e.RoomID, e.MessageID)
	if err == nil && m.Redacted {
		err = store.ErrNotFound
	}
	return m.Content, err
}

func (s *Service) deliver(ctx context.Context, b *store.Bot, body []byte) error {
	token := s.securityToken(b)
	if b.HTTPSEndpoint != "" {
		return send(ctx, s.config.Webhooks, b.HTTPSEndpoint, token, body)
	}
	if s.config.LambdaURL == "" {
		return &jobs.Permanent{Err: errors.New("undeliverable: the bot has a Lambda function and the server has no --lambda-invoke-url")}
	}
	invocation, _ := json.Marshal(map[string]any{"FunctionArn": b.LambdaArn, "Payload": json.RawMessage(body)}) // valid JSON in valid JSON
	return send(ctx, s.config.Operator, s.config.LambdaURL, token, invocation)
}

package chime

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
)

// The types of events that bots are sent.
const (
	eventInvite  = "Invite"
	eventMention = "Mention"
	eventRemove  = "Remove"
)

// shortLived is how long the endpoint that a mention carries can be used.
const shortLived = 2 * time.Minute

// botEvent is the payload of the job that delivers an event. It has no secret:
// the address for answers is derived when the event goes out.
type botEvent struct {
	AccountID, BotID, RoomID string
	Type                     string
	Sender                   string
	Message                  string
	WebhookID                string // empty: the event carries no address
	AtMs                     int64
}

// announce leaves the job that tells a bot of an event in a room, with an
// address under which the bot can answer there.
func (s *Service) announce(r store.Records, b *store.Bot, room *store.Room, eventType, sender, message string) error {
	e := botEvent{
		AccountID: b.AccountID, BotID: b.BotID, RoomID: room.RoomID, Type: eventType, Sender: sender, Message: message, AtMs: s.nowMs(),
	}
	if eventType != eventRemove {
		w := s.newWebhook(room, botName(b.DisplayName), sender)
		w.BotID = b.BotID
		if eventType == eventMention {
			w.ExpiresMs = s.Now().Add(shortLived).UnixMilli()
		}
		if err := r.InsertWebhook(w); err != nil {
			return err
		}
		e.WebhookID = w.WebhookID
	}
	return s.enqueue(r, jobBotEvent, e, e.AtMs)
}

// mention tells the bots of a room that a message calls by name or address. A
// bot does not hear itself.
func (s *Service) mention(r store.Records, room *store.Room, m *store.Message, senderBotID string) error {
	if !strings.Contains(m.Content, "@") {
		return nil
	}
	bots, err := r.BotsInRoom(room.AccountID, room.RoomID)
	if err != nil {
		return err
	}
	for i := range bots {
		b := &bots[i]
		if !calls(m.Content, "@"+b.DisplayName) && !calls(m.Content, b.Email) || b.Disabled || b.BotID == senderBotID {
			continue
		}
		if err := s.announce(r, b, room, eventMention, m.Sender, m.Content); err != nil {
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

func (s *Service) eventBody(id string, e *botEvent) []byte {
	v := eventBody{
		Sender: eventSender{e.Sender, senderType(e.Sender)}, Discussion: eventDiscussion{e.RoomID, store.InRoom},
		EventType: e.Type, EventTimestamp: isoTime(time.UnixMilli(e.AtMs)), EventId: id, Message: e.Message,
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
func (s *Service) runBotEvent(ctx context.Context, j *store.Job) (jobs.Effects, error) {
	var e botEvent
	if err := json.Unmarshal([]byte(j.Payload), &e); err != nil {
		return nil, &jobs.Permanent{Err: err}
	}
	var b store.Bot
	err := s.Store.View(ctx, func(r store.Records) (err error) {
		b, err = r.Bot(e.AccountID, e.BotID)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && (b.Disabled || b.HTTPSEndpoint == "" && b.LambdaArn == ""):
		return nil, nil // nobody wants it any more
	case err != nil:
		return nil, err
	}
	return nil, s.deliver(ctx, &b, s.eventBody(j.JobID, &e))
}

func (s *Service) deliver(ctx context.Context, b *store.Bot, body []byte) error {
	token := s.securityToken(b)
	if b.HTTPSEndpoint != "" {
		return s.send(ctx, s.Webhooks, b.HTTPSEndpoint, token, body)
	}
	if s.LambdaURL == "" {
		return &jobs.Permanent{Err: errors.New("undeliverable: the bot has a Lambda function and the server has no --lambda-invoke-url")}
	}
	invocation, _ := json.Marshal(map[string]any{"FunctionArn": b.LambdaArn, "Payload": json.RawMessage(body)}) // valid JSON in valid JSON
	return s.send(ctx, s.Operator, s.LambdaURL, token, invocation)
}

// retryPauses are the waits before an event is sent again, as the live service
// had them.
var retryPauses = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond}

// send posts a signed body, again after a time-out or a 5xx, each time with a
// new timestamp. What is refused three times is undeliverable.
func (s *Service) send(ctx context.Context, to Sender, endpoint, secret string, body []byte) error {
	for attempt := 0; ; attempt++ {
		answer, err := to(ctx, endpoint, signature(secret, time.Now(), body), body) // real time: receivers check it
		if err == nil && answer.Status == 200 {
			return nil
		}
		if err == nil {
			err = fmt.Errorf("the endpoint answered with status %d", answer.Status)
		}
		again := answer.Status == 0 || answer.Status >= 500
		if !again || attempt == len(retryPauses) {
			return &jobs.Permanent{Err: fmt.Errorf("undeliverable: %w", err)}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryPauses[attempt]):
		}
	}
}

// signature returns the headers by which a receiver knows the sender.
func signature(secret string, at time.Time, body []byte) map[string]string {
	timestamp := isoTime(at)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "|"))
	mac.Write(body)
	return map[string]string{
		"Chime-Signature":         base64.StdEncoding.EncodeToString(mac.Sum(nil)),
		"Chime-Request-Timestamp": timestamp,
	}
}

// CreateMeetingDialOut asks the operator's dial-out service to call somebody
// into a meeting.
func (s *Service) CreateMeetingDialOut(ctx context.Context, in *api.CreateMeetingDialOutInput) (*api.CreateMeetingDialOutOutput, error) {
	if s.DialOutURL == "" {
		return nil, api.AccessDenied.Errorf("Dial-out is not configured: the operator of this server has to set --dial-out-url")
	}
	from, _ := parseNumberID(in.FromPhoneNumber.V) // the model's pattern has been checked
	to, _ := parseNumberID(in.ToPhoneNumber.V)
	d := dialOut{TransactionId: s.NewID(), MeetingId: in.MeetingId, FromPhoneNumber: from, ToPhoneNumber: to, JoinToken: in.JoinToken.V}
	err := s.Store.Update(ctx, func(r store.Records) error {
		n, err := r.PhoneNumber(awsAccount(ctx), from)
		if errors.Is(err, store.ErrNotFound) || err == nil && n.Status != unassigned && n.Status != assigned {
			return api.Invalid("FromPhoneNumber", "be a phone number of the AWS account")
		}
		if err != nil {
			return err
		}
		return s.enqueue(r, jobDialOut, d, s.nowMs())
	})
	s.Wake()
	return &api.CreateMeetingDialOutOutput{TransactionId: api.Some(d.TransactionId)}, err
}

// dialOut is what the operator's service is sent.
type dialOut struct{ TransactionId, MeetingId, FromPhoneNumber, ToPhoneNumber, JoinToken string }

func (s *Service) runDialOut(ctx context.Context, j *store.Job) (jobs.Effects, error) {
	if s.DialOutURL == "" {
		return nil, errors.New("the server has no --dial-out-url any more")
	}
	secret, err := s.DialOutSecret(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.send(ctx, s.Operator, s.DialOutURL, secret, []byte(j.Payload))
}

package chime

import (
	"errors"
	"regexp"
	"time"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// The limits of messages to webhooks, as Amazon Chime had them.
const (
	webhookInterval   = time.Second
	maxWebhookContent = 4 << 10 // bytes
	// maxNotified is the most members that @all and @present may call.
	maxNotified = 50
)

// PreparePostRoomWebhookMessage checks the address before the transaction, so
// that strangers do not come as far as that. Who knows it works for the AWS
// account of the room: what that asks for by webhooks makes no other one wait.
func (s *Service) PreparePostRoomWebhookMessage(w *work.Unit, in *api.PostRoomWebhookMessageInput) (api.Errand, error) {
	hook, err := s.openWebhook(w, in)
	if err == nil {
		w.ActFor(hook.AwsAccountID)
	}
	return nil, err
}

// PostRoomWebhookMessage takes a message for the room of a webhook. It is not
// signed; the token says that the sender knows the address. Refusals: NotFound
// for an unknown id, Forbidden for a wrong token, EntityTooLarge for more than
// 4 KiB, ThrottledClient for more than one message a second.
func (s *Service) PostRoomWebhookMessage(w *work.Unit, in *api.PostRoomWebhookMessageInput) (*api.PostRoomWebhookMessageOutput, error) {
	hook, err := s.openWebhook(w, in)
	if err != nil {
		return nil, err
	}
	if err := checkContent(in.Content.V); err != nil {
		return nil, err
	}
	m, err := s.post(w, hook, in.Content.V)
	if err != nil {
		return nil, err
	}
	return &api.PostRoomWebhookMessageOutput{MessageId: api.Some(m.MessageID), RoomId: api.Some(m.ContainerID)}, nil
}

// openWebhook returns the webhook of an address.
func (s *Service) openWebhook(w *work.Unit, in *api.PostRoomWebhookMessageInput) (*store.Webhook, error) {
	hook, err := w.Webhook(in.WebhookId)
	if errors.Is(err, store.ErrNotFound) || err == nil && hook.ExpiresMs != 0 && hook.ExpiresMs < w.NowMs() {
		return nil, api.NotFound.Errorf("There is no webhook with this address")
	}
	if err == nil && !s.KnowsWebhook(in.WebhookId, in.Token.V) {
		err = api.Forbidden.Errorf("The token of the webhook is wrong")
	}
	return &hook, err
}

func checkContent(content string) error {
	switch {
	case content == "":
		return api.Invalid("Content", "not be empty")
	case len(content) > maxWebhookContent:
		return api.EntityTooLarge.Errorf("Content may have %d bytes, not %d", maxWebhookContent, len(content))
	}
	return nil
}

// pace lets one message a second through, on all replicas together.
func pace(w *work.Unit, hook *store.Webhook) error {
	ok, err := w.TouchWebhook(hook.WebhookID, w.NowMs(), w.Now.Add(-webhookInterval).UnixMilli(), w.Now.Add(clockSlack).UnixMilli())
	if err == nil && !ok {
		err = &api.Error{Kind: api.ThrottledClient, Message: "A webhook takes one message a second", RetryAfter: webhookInterval}
	}
	return err
}

// everybody finds the words that call all members of a room.
var everybody = regexp.MustCompile(`(?i)(^|\s)@(all|present)\b`)

// post adds a message to a room, which stays until it is there. The webhook is
// locked after account and room, as by those who delete it with them.
func (s *Service) post(w *work.Unit, hook *store.Webhook, content string) (*store.Message, error) {
	if _, err := writable(w.KeepAccount(hook.AwsAccountID, hook.AccountID)); err != nil {
		return nil, err
	}
	room, err := w.KeepRoom(hook.AccountID, hook.RoomID)
	if err != nil {
		return nil, err
	}
	if err := pace(w, hook); err != nil {
		return nil, err
	}
	if err := mayCallEverybody(w, &room, content); err != nil {
		return nil, err
	}
	m := &store.Message{
		AccountID: room.AccountID, ContainerType: store.InRoom, ContainerID: room.RoomID, MessageID: w.NewID(),
		Sender: hook.Name, Content: content, CreatedMs: w.NowMs(),
	}
	if err := w.InsertMessage(m); err != nil {
		return nil, err
	}
	return m, s.mention(w, &room, m, hook.BotID)
}

func mayCallEverybody(w *work.Unit, room *store.Room, content string) error {
	if !everybody.MatchString(content) {
		return nil
	}
	members, err := w.CountRoomMembers(room.AccountID, room.RoomID)
	if err == nil && members > maxNotified {
		err = api.BadRequest.Errorf("@all and @present can call up to %d members; the room has %d", maxNotified, members)
	}
	return err
}

package chime

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"regexp"
	"time"

	"carillon/api"
	"carillon/store"
)

// The limits of webhooks, as Amazon Chime had them.
const (
	maxWebhooks       = 10 // a room, made by people
	webhookInterval   = time.Second
	maxWebhookContent = 4 << 10 // bytes
	// maxNotified is the most members that @all and @present may call.
	maxNotified = 50
)

// webhookURL is the address of a webhook with its token, which is derived from
// the id and kept nowhere.
func (s *Service) webhookURL(webhookID string) string {
	return s.PublicURL + "/incomingwebhooks/" + webhookID + "?token=" + s.webhookToken(webhookID)
}

func (s *Service) webhookToken(webhookID string) string {
	return base64.RawURLEncoding.EncodeToString(s.derive("webhook", webhookID))
}

func (s *Service) webhookShape(w *store.Webhook) *api.RoomWebhook {
	return &api.RoomWebhook{
		AccountId: api.Some(w.AccountID), CreatedBy: api.Some(w.CreatedBy), CreatedTimestamp: api.Timestamp(w.CreatedMs),
		Name: api.Some(w.Name), RoomId: api.Some(w.RoomID), Url: api.Some(s.webhookURL(w.WebhookID)), WebhookId: api.Some(w.WebhookID),
	}
}

// CreateRoomWebhook makes an incoming webhook; its Url holds the secret.
func (s *Service) CreateRoomWebhook(ctx context.Context, in *api.CreateRoomWebhookInput) (*api.CreateRoomWebhookOutput, error) {
	var out api.CreateRoomWebhookOutput
	err := s.changeRoom(ctx, in.AccountId, in.RoomId, func(r store.Records, a *store.Account, m *store.Room) error {
		have, err := r.RoomWebhooks(a.AccountID, m.RoomID)
		if err != nil {
			return err
		}
		if len(have) >= maxWebhooks {
			return api.ResourceLimitExceeded.Errorf("The room may have %d webhooks", maxWebhooks)
		}
		w := s.newWebhook(m, in.Name.V, api.CallerFrom(ctx).ARN)
		out.Webhook = s.webhookShape(w)
		return r.InsertWebhook(w)
	})
	return &out, err
}

func (s *Service) newWebhook(m *store.Room, name, createdBy string) *store.Webhook {
	return &store.Webhook{
		WebhookID: s.NewID(), AwsAccountID: m.AwsAccountID, AccountID: m.AccountID, RoomID: m.RoomID,
		Name: name, CreatedBy: createdBy, CreatedMs: s.nowMs(),
	}
}

// ListRoomWebhooks returns the webhooks that people made for a room, oldest first.
func (s *Service) ListRoomWebhooks(ctx context.Context, in *api.ListRoomWebhooksInput) (*api.ListRoomWebhooksOutput, error) {
	var out api.ListRoomWebhooksOutput
	err := s.inRoom(ctx, in.AccountId, in.RoomId, func(r store.Records, a *store.Account, m *store.Room) error {
		list, err := r.RoomWebhooks(a.AccountID, m.RoomID)
		out.Webhooks = shapes(list, s.webhookShape)
		return err
	})
	return &out, err
}

// DeleteRoomWebhook deletes a webhook; its address is unknown from then on.
func (s *Service) DeleteRoomWebhook(ctx context.Context, in *api.DeleteRoomWebhookInput) error {
	return s.changeRoom(ctx, in.AccountId, in.RoomId, func(r store.Records, a *store.Account, m *store.Room) error {
		return absent(r.DeleteRoomWebhook(a.AccountID, m.RoomID, in.WebhookId))
	})
}

// Posted is the answer to a message that a webhook took.
type Posted struct{ MessageID, RoomID string }

// PostWebhook takes a message for the room of a webhook. It is not signed; the
// token says that the sender knows the address. Refusals: NotFound for an
// unknown id, Forbidden for a wrong token, EntityTooLarge for more than 4 KiB,
// ThrottledClient for more than one message a second.
func (s *Service) PostWebhook(ctx context.Context, webhookID, token, content string) (*Posted, error) {
	var posted *Posted
	err := s.Store.Update(ctx, func(r store.Records) error {
		w, err := s.openWebhook(r, webhookID, token)
		if err != nil {
			return err
		}
		if err := checkContent(content); err != nil {
			return err
		}
		if err := s.pace(r, w); err != nil {
			return err
		}
		posted, err = s.post(r, w, content)
		return err
	})
	s.Wake()
	return posted, err
}

func (s *Service) openWebhook(r store.Records, webhookID, token string) (*store.Webhook, error) {
	w, err := r.Webhook(webhookID)
	if errors.Is(err, store.ErrNotFound) || err == nil && w.ExpiresMs != 0 && w.ExpiresMs < s.nowMs() {
		return nil, api.NotFound.Errorf("There is no webhook with this address")
	}
	if err == nil && !hmac.Equal([]byte(token), []byte(s.webhookToken(webhookID))) {
		err = api.Forbidden.Errorf("The token of the webhook is wrong")
	}
	return &w, err
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
func (s *Service) pace(r store.Records, w *store.Webhook) error {
	now := s.nowMs()
	ok, err := r.TouchWebhook(w.WebhookID, now, now-webhookInterval.Milliseconds())
	if err == nil && !ok {
		err = &api.Error{Kind: api.ThrottledClient, Message: "A webhook takes one message a second", RetryAfter: webhookInterval}
	}
	return err
}

// everybody finds the words that call all members of a room.
var everybody = regexp.MustCompile(`(?i)(^|\s)@(all|present)\b`)

func (s *Service) post(r store.Records, w *store.Webhook, content string) (*Posted, error) {
	a, err := r.Account(w.AwsAccountID, w.AccountID)
	if err != nil {
		return nil, absent(err)
	}
	if err := writable(&a); err != nil {
		return nil, err
	}
	room, err := r.Room(w.AccountID, w.RoomID)
	if err != nil {
		return nil, absent(err)
	}
	if everybody.MatchString(content) {
		members, err := r.CountRoomMembers(w.AccountID, w.RoomID)
		if err != nil {
			return nil, err
		}
		if members > maxNotified {
			return nil, api.BadRequest.Errorf("@all and @present can call up to %d members; the room has %d", maxNotified, members)
		}
	}
	m := &store.Message{
		AccountID: w.AccountID, ContainerType: store.InRoom, ContainerID: w.RoomID, MessageID: s.NewID(),
		Sender: w.Name, Content: content, CreatedMs: s.nowMs(),
	}
	if err := r.InsertMessage(m); err != nil {
		return nil, err
	}
	return &Posted{m.MessageID, w.RoomID}, s.mention(r, &room, m, w.BotID)
}

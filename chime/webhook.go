package chime

import (
	"crypto/hmac"
	"encoding/base64"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// maxWebhooks is how many webhooks people may make for a room.
const maxWebhooks = 10

// webhookURL is the address of a webhook with its token, which is derived from
// the id and kept nowhere.
func (s *Service) webhookURL(webhookID string) string {
	return s.config.PublicURL + "/incomingwebhooks/" + webhookID + "?token=" + s.webhookToken(webhookID)
}

func (s *Service) webhookToken(webhookID string) string {
	return base64.RawURLEncoding.EncodeToString(s.derive("webhook", webhookID))
}

// KnowsWebhook reports whether a token is the one of a webhook's address. The
// database is not asked: the webhook may have been deleted, or never have been.
func (s *Service) KnowsWebhook(webhookID, token string) bool {
	return hmac.Equal([]byte(token), []byte(s.webhookToken(webhookID)))
}

func (s *Service) webhookShape(w *store.Webhook) *api.RoomWebhook {
	return &api.RoomWebhook{
		AccountId: api.Some(w.AccountID), CreatedBy: api.Some(w.CreatedBy), CreatedTimestamp: api.Timestamp(w.CreatedMs),
		Name: api.Some(w.Name), RoomId: api.Some(w.RoomID), Url: api.Some(s.webhookURL(w.WebhookID)), WebhookId: api.Some(w.WebhookID),
	}
}

// CreateRoomWebhook makes an incoming webhook; its Url holds the secret.
func (s *Service) CreateRoomWebhook(w *work.Unit, in *api.CreateRoomWebhookInput) (*api.CreateRoomWebhookOutput, error) {
	m, a, err := lockRoom(w, in.AccountId, in.RoomId)
	if err != nil {
		return nil, err
	}
	have, err := w.RoomWebhooks(a.AccountID, m.RoomID)
	if err != nil {
		return nil, err
	}
	if len(have) >= maxWebhooks {
		return nil, api.ResourceLimitExceeded.Errorf("The room may have %d webhooks", maxWebhooks)
	}
	hook := newWebhook(w, m, in.Name.V, w.Caller.ARN)
	return &api.CreateRoomWebhookOutput{Webhook: s.webhookShape(hook)}, w.InsertWebhook(hook)
}

func newWebhook(w *work.Unit, m *store.Room, name, createdBy string) *store.Webhook {
	return &store.Webhook{
		WebhookID: w.NewID(), AwsAccountID: m.AwsAccountID, AccountID: m.AccountID, RoomID: m.RoomID,
		Name: name, CreatedBy: createdBy, CreatedMs: w.NowMs(),
	}
}

// ListRoomWebhooks returns the webhooks that people made for a room, oldest first.
func (s *Service) ListRoomWebhooks(w *work.Unit, in *api.ListRoomWebhooksInput) (*api.ListRoomWebhooksOutput, error) {
	m, err := room(w, in.AccountId, in.RoomId)
	if err != nil {
		return nil, err
	}
	list, err := w.RoomWebhooks(m.AccountID, m.RoomID)
	return &api.ListRoomWebhooksOutput{Webhooks: shapes(list, s.webhookShape)}, err
}

// DeleteRoomWebhook deletes a webhook; its address is unknown from then on.
func (s *Service) DeleteRoomWebhook(w *work.Unit, in *api.DeleteRoomWebhookInput) error {
	m, _, err := lockRoom(w, in.AccountId, in.RoomId)
	if err != nil {
		return err
	}
	return w.DeleteRoomWebhook(m.AccountID, m.RoomID, in.WebhookId)
}

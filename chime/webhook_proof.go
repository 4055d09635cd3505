package chime

import "crypto/hmac"

// KnowsWebhook reports whether a token is the one of a webhook's address. The
// database is not asked: the webhook may have been deleted, or never have been.
func (s *Service) KnowsWebhook(webhookID, token string) bool {
	return hmac.Equal([]byte(token), []byte(s.webhookToken(webhookID)))
}

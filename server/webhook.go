package server

import (
	"net/http"

	"carillon/api"
)

// webhookPath begins the addresses of incoming webhooks. They are not signed:
// the token says that the sender knows the address.
const webhookPath = "/incomingwebhooks/"

// knowsWebhook reports whether a token is that of a webhook's address, without
// asking the database.
type knowsWebhook func(webhookID, token string) bool

// webhook takes a message for a room.
func (h *handler) webhook(w http.ResponseWriter, r *http.Request, x *exchange) error {
	var err error
	x.door = h.bearer
	if x.match, err = h.bearer.Match(r, r.URL.RawQuery, nil); err != nil {
		return err
	}
	sender := h.sender(x, x.match.In.(api.RESTInput).Label(0), r.URL.Query().Get("token"))
	if x.body, err = h.readBody(w, r, sender); err != nil {
		return err
	}
	defer x.body.release()
	if err := sender.enter(r.Context()); err != nil {
		return err
	}
	defer sender.leave()
	return h.run(w, r, x)
}

// sender is what a message counts under: who knows the token is no stranger,
// but of which AWS account only the database knows.
func (h *handler) sender(x *exchange, id, token string) account {
	if h.knowsWebhook(id, token) {
		return account{h.limits.callers, webhookPath + id}
	}
	return h.stranger(x)
}

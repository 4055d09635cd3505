package server

import (
	"context"
	"net/http"
	"strings"

	"carillon/api"
	"carillon/chime"
	"carillon/internal/jsonscan"
	"carillon/wire"
)

// webhookPath begins the addresses of incoming webhooks. They are not signed:
// the token says that the sender knows the address.
const webhookPath = "/incomingwebhooks/"

// webhookOp is what the log and the metrics call a message to a webhook.
var webhookOp = &api.Op{Name: "IncomingWebhook", Method: http.MethodPost, Path: webhookPath + "{webhookId}", Status: http.StatusOK}

// webhook takes a message for a room.
func (h *handler) webhook(w http.ResponseWriter, r *http.Request, x *exchange) error {
	x.op = webhookOp
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return api.MethodNotAllowed.Errorf("An incoming webhook takes POST")
	}
	id, token := strings.TrimPrefix(r.URL.EscapedPath(), webhookPath), r.URL.Query().Get("token")
	sender := h.sender(x, id, token)
	b, err := h.readBody(w, r, sender)
	if err != nil {
		return err
	}
	defer b.release()
	content, err := webhookContent(b.bytes())
	if err != nil {
		return err
	}
	posted, err := h.post(r.Context(), sender, id, token, content)
	if err != nil {
		return err
	}
	x.status = http.StatusOK
	_ = wire.WriteOutput(w, webhookOp, (*postedBody)(posted)) // the client may be gone
	return nil
}

// post hands a message to the rules, in the place that its sender has.
func (h *handler) post(ctx context.Context, sender account, id, token, content string) (*chime.Posted, error) {
	if err := sender.enter(ctx); err != nil {
		return nil, err
	}
	defer sender.leave()
	return h.webhooks.PostWebhook(ctx, id, token, content)
}

// sender is what a message counts under: who knows the token is no stranger,
// but of which AWS account only the database knows.
func (h *handler) sender(x *exchange, id, token string) account {
	if h.webhooks.KnowsWebhook(id, token) {
		return account{h.limits.callers, webhookPath + id}
	}
	return h.stranger(x)
}

// webhookContent reads {"Content": "…"}; other members are ignored.
func webhookContent(body []byte) (content string, err error) {
	s := jsonscan.New(body)
	s.Object(func(name []byte) bool {
		if string(name) != "Content" {
			return false
		}
		s.In("Content", func() { content, _ = s.String() })
		return true
	})
	if err := s.Finish(); err != nil {
		return "", api.BadRequest.Errorf("The body must be a JSON object with the member Content: %v", err)
	}
	return content, nil
}

// postedBody writes the answer to a message.
type postedBody chime.Posted

// AppendJSON implements api.Output.
func (p *postedBody) AppendJSON(b []byte) []byte {
	b = append(append(b, `{"MessageId":"`...), p.MessageID...)
	b = append(append(b, `","RoomId":"`...), p.RoomID...)
	return append(b, `"}`...)
}

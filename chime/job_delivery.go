package chime

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"carillon/jobs"
)

// retryPauses are the waits before an event is sent again, as the live service
// had them.
var retryPauses = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond}

// send posts a signed body, again after a time-out or a 5xx, each time with a
// new timestamp. What is refused three times is undeliverable.
func send(ctx context.Context, to Sender, endpoint, secret string, body []byte) error {
	for attempt := 0; ; attempt++ {
		status, _, err := to(ctx, endpoint, signature(secret, time.Now(), body), body) // real time: receivers check it
		if err == nil && status == 200 {
			return nil
		}
		if err == nil {
			err = fmt.Errorf("the endpoint answered with status %d", status)
		}
		again := status == 0 || status >= 500
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

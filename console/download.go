package console

import (
	"net/http"
	"time"
)

// attach begins an answer that a browser saves as a file.
func (p *page) attach(contentType, name string) {
	p.w.Header().Set("Content-Type", contentType)
	p.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// breakOff ends an answer that has begun, so that nobody takes it for whole.
func (p *page) breakOff(err error) error {
	p.refusal = p.c.asRefusal(err)                                                       // for the log
	_ = http.NewResponseController(p.w.ResponseWriter).SetWriteDeadline(time.Unix(1, 0)) // where there is one
	return nil
}

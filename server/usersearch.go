package server

import (
	"context"
	"time"
)

// packInterval is how often it is looked whether users have to be packed for searches.
const packInterval = 2 * time.Second

// packUsers packs users for searches until ctx ends, at most half of the time: others
// write too.
func (s *Server) packUsers(ctx context.Context) {
	packer := s.store.NewPacker()
	for ctx.Err() == nil {
		begun := time.Now()
		more, err := packer.Step(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Warn("users wait to be packed for searches", "error", err.Error())
		}
		if more && err == nil {
			pause(ctx, time.Since(begun))
		} else {
			pause(ctx, packInterval)
		}
	}
}

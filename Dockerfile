# An image with the binary and its licences. "make release" first; then
#   docker build -t carillon .
#   docker run -p 8018:8018 -v carillon:/data carillon
FROM scratch
ARG TARGETARCH=amd64
COPY dist/build/linux-${TARGETARCH}/carillon /carillon
COPY LICENSE NOTICE dist/build/shared/THIRD-PARTY-LICENSES /licenses/
# An empty directory: a new volume belongs to the user of the server as it does.
COPY --chown=65532:65532 dist/build/data /data
# With --database, exports wait there; the image has no other place for files.
ENV TMPDIR=/data
# Roots for HTTPS to bots and databases are mounted where needed, as in
#   -v /etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro
USER 65532:65532
VOLUME /data
EXPOSE 8018
STOPSIGNAL SIGTERM
ENTRYPOINT ["/carillon"]
CMD ["serve", "--listen", "0.0.0.0:8018", "--data", "/data"]

# Tells how much room a file system has: `plugin: {disk-free: {path: /tmp}}` puts out the parameter `kib`.
# A program for each call, behind socat. It reads JSON with sed: enough for one text without quotes in it, and not for more.
path=${OUTRIGGER_TOKEN_PATH:-/var/run/argo/token}
TOKEN=$(cat "$path") || exit 1
export TOKEN

HANDLER=$(cat <<'END'
answer() { # status, body
  type="text/plain"
  case $1 in 200*) type="application/json" ;; esac
  printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s' "$1" "$type" "$(printf %s "$2" | wc -c)" "$2"
  exit
}

read -r method target _
length=0 authorization=""
while IFS= read -r line && line=${line%"$(printf '\r')"} && [ -n "$line" ]; do
  value=${line#*: }
  case $line in
    [Aa]uthorization:*) authorization=$value ;;
    [Cc]ontent-[Ll]ength:*) length=$value ;;
  esac
done
# White space means nothing in JSON; what quotes it in texts is lost, and not missed.
body=$(head -c "$length" | tr -d '[:space:]')

[ "$authorization" = "Bearer $TOKEN" ] || answer "403 Forbidden" "wrong token"
[ "$target" = /api/v1/template.execute ] || answer "404 Not Found" "no such method"
[ "$method" = POST ] || answer "405 Method Not Allowed" "POST, please"
case $body in
  {*'"template":'*}) ;;
  *) answer "400 Bad Request" "not a request" ;;
esac
case $body in
  *'"plugin":{"disk-free":'*) ;;
  *) answer "200 OK" "{}" ;; # another plugin's task
esac

folder=$(printf %s "$body" | sed -n 's/.*"plugin":{"disk-free":{[^}]*"path":"\([^"\\]*\)".*/\1/p')
kib=$(df -Pk -- "${folder:-/}" 2>/dev/null | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9][0-9]*% .*/\1/p')
[ -n "$kib" ] || answer "200 OK" '{"node":{"phase":"Failed","message":"there is no such folder"}}'
answer "200 OK" "{\"node\":{\"phase\":\"Succeeded\",\"message\":\"$kib KiB are free\",\"outputs\":{\"parameters\":[{\"name\":\"kib\",\"value\":\"$kib\"}]}}}"
END
)
export HANDLER

exec socat TCP-LISTEN:14378,bind=127.0.0.1,reuseaddr,fork,backlog=64 SYSTEM:'eval \"$HANDLER\"'

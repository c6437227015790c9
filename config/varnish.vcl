# feedsvc behind Varnish, for /etc/varnish/default.vcl. Varnish speaks no TLS: let hitch, nginx or Caddy stand before it.
#
# It goes with these lines of feedsvc.toml:
#
#     [server]
#     url = "https://example.org/feeds"
#     trusted_proxies = ["127.0.0.1"]
#
# Change the path in both; here, it is percent-encoded. Without a path, that is with the feeds at
# https://feeds.example.org, leave out what speaks of /feeds.

vcl 4.1;

backend feedsvc {
    .host = "127.0.0.1";
    .port = "8000";
}

sub vcl_recv {
    if (req.url ~ "^/feeds(\?|$)") {
        return (synth(301));
    }
    if (req.url !~ "^/feeds/") {
        return (synth(404));
    }
    set req.url = regsub(req.url, "^/feeds", "");

    # A cache asks with an ETag of its own: what is new to it is not all that its clients want.
    unset req.http.A-IM;

    # Browsers and readers get different types of the same bytes, and only one value of this makes the difference.
    if (req.http.Sec-Fetch-Dest != "document") {
        unset req.http.Sec-Fetch-Dest;
    }

    # What the operator and the subscribers of private feeds get is theirs alone.
    if (req.url ~ "^/(status|status\.json|metrics|refresh|private/)") {
        return (pass);
    }
    unset req.http.Cookie;  # of the website; nothing else here looks at it
}

sub vcl_backend_response {
    # Cache-Control says how long an answer is good, and for how long it may be given while another is fetched
    # (stale-while-revalidate), which is what Varnish calls grace. What is kept beyond is only compared (304).
    set beresp.keep = 1d;
}

sub vcl_synth {
    if (resp.status == 301) {
        set resp.http.Location = "/feeds/";
        set resp.body = "";
        return (deliver);
    }
}

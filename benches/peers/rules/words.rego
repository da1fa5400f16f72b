package rule

# `data` has the settings, `input` what was said; `tags()` asks the host.

said := lower(input.text)

found := [it | some it in data.words; contains(said, it.word)]

vip if {
    some tag in tags()
    tag == "vip"
}

placed := {
    "queue": found[0].queue,
    "priority": data["vip-priority"],
    "reason": sprintf("Palabra «%s»; VIP", [found[0].word]),
} if {
    count(found) > 0
    vip
} else := {
    "queue": found[0].queue,
    "priority": 0,
    "reason": sprintf("Palabra «%s»", [found[0].word]),
} if {
    count(found) > 0
}

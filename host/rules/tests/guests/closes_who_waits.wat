;; A follower that closes the case of whoever waits for an answer for a minute.
(import "timonel:rules/close@0.1.0" "resolve" (func $resolve (param i32 i32 i32)))
(func (export "timonel:rules/following@0.1.0#moments") (param i32 i32) (result i32) (i32.const 512))
(func (export "timonel:rules/following@0.1.0#follow") (param i32) (result i32)
  (call $resolve (i32.const 548) (i32.const 8) (i32.const 1024))
  (i32.const 256))
(data (i32.const 260) "\01") ;; done
(data (i32.const 512) "\08\02\00\00\01\00\00\00") ;; one moment, at 520
(data (i32.const 520) "\18\02\00\00\0a\00\00\00" "\3c\00\00\00") ;; since, at 536; 60 seconds
(data (i32.const 536) "unanswered\00\00answered")

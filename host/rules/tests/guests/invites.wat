;; A responder that sends whoever writes a template.
(import "timonel:rules/template@0.1.0" "send" (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (call $send (i32.const 512) (i32.const 10) (i32.const 528) (i32.const 5) (i32.const 0) (i32.const 0)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024))
  (i32.const 256))
(data (i32.const 260) "\01") ;; answered
(data (i32.const 512) "invitacion\00\00\00\00\00\00es_CO")

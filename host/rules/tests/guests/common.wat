;; What every guest here has unless it brings its own: each piece is left out when the guest's file exports the same name.
;;
;; A guest is a core module in text form without the `(module …)` around it, imports first. The test turns it into a
;; component with the released WIT, so that a file shows one behaviour and nothing else. The layout of the memory:
;;
;;      0   "hostile", "0.1.0", "does one thing"   what it says of itself
;;     64   the record that `describe` returns
;;    128   zeroes: `ok` of nothing. As the result of `prepare`, no bytes; of `route`, no place; of `respond`, abstain
;;    256   free for the guest
;;  65536   the heap, from which the host's arguments are allocated
;;
;; A result of `route` at address 256: 256 error?  260 place?  264 queue  272 skills  280 priority  284 preference?
;; 288 agent  296 seconds  300 overflow?  304 seconds  308 reason  316 attrs. Texts and lists are a pointer and a length.
;;
;; A result of `respond` at address 256: 256 error?  260 outcome  264 reason  272 attrs. An error's text is at 260.

;; memory
(memory (export "memory") 16)
;; cabi_realloc
(func (export "cabi_realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32)
  (global.set $heap (i32.and (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
                             (i32.sub (i32.const 0) (local.get $align))))
  (global.get $heap)
  (global.set $heap (i32.add (global.get $heap) (local.get $size))))
;; timonel:rules/rule@0.1.0#describe
(func (export "timonel:rules/rule@0.1.0#describe") (result i32) (i32.const 64))
;; timonel:rules/rule@0.1.0#prepare
(func (export "timonel:rules/rule@0.1.0#prepare") (param i32 i32) (result i32) (i32.const 128))
;; always
(global $heap (mut i32) (i32.const 65536))
(data (i32.const 0) "hostile")
(data (i32.const 16) "0.1.0")
(data (i32.const 32) "does one thing")
(data (i32.const 64)
  "\00\00\00\00\07\00\00\00"  ;; name
  "\10\00\00\00\05\00\00\00"  ;; version
  "\20\00\00\00\0e\00\00\00"  ;; summary
  "\00\00\00\00\00\00\00\00") ;; example of settings: empty

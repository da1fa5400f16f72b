;; A follower that wants to be asked at more moments than there are.
(func (export "timonel:rules/following@0.1.0#moments") (param i32 i32) (result i32) (i32.const 512))
(data (i32.const 512) "\00\08\00\00\e8\03\00\00") ;; a thousand moments, at 2048, all of them empty

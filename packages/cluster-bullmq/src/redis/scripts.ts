/**
 * Every change of a run, each one script, so that it happens whole or not at all, and may be sent again after a lost answer.
 *
 * Law: `chunks` and `out` are written by HSETNX alone. So the first border of a chunk and its first outcome stay, whoever else computes
 * it: that is what makes results exactly-once while chunks are run at least once. `in:F` is there before the job is, and goes in the
 * same step in which `out` gets F. An outcome is taken only for the very run and the very inputs that it was computed from: `is` and the
 * border, which holds a digest of the inputs, still have to be the same. So what comes late for a run that was deleted, or that expired and
 * was made anew under its name, leaves nothing; and a new run begins with nothing of an old one.
 */

/** Makes a run or joins it; what it is must agree. KEYS run chunks out; ARGV ttl, what it is, how its inputs are run. Gives {'other', what that is} or {'open', number of chunks}. */
export const OPEN = `
local is = redis.call('HGET', KEYS[1], 'is')
if is and is ~= ARGV[2] then return {'other', is} end
if not is then redis.call('UNLINK', KEYS[2], KEYS[3]) end
redis.call('HSET', KEYS[1], 'is', ARGV[2], 'how', ARGV[3])
redis.call('HDEL', KEYS[1], 'failure', 'cancelled')
redis.call('HINCRBY', KEYS[1], 'opens', 1)
for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
return {'open', redis.call('HLEN', KEYS[2])}`;

/** KEYS run chunks out in; ARGV ttl, first, border, bytes. Gives 'sent', 'done', 'gone' (no such run), or the border that is there already. */
export const CLAIM = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 'gone' end
local border = redis.call('HGET', KEYS[2], ARGV[2])
if border and border ~= ARGV[3] then return border end
redis.call('HSETNX', KEYS[2], ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[1])
if redis.call('HEXISTS', KEYS[3], ARGV[2]) == 1 then return 'done' end
redis.call('SET', KEYS[4], ARGV[4], 'PX', ARGV[1])
return 'sent'`;

/** What a node needs to run a chunk. KEYS run out in chunks; ARGV first. Gives {'gone' | 'cancelled' | 'done' | 'expired'} or {'run', is, inputs, border, how, opens}. */
export const FETCH = `
local run = redis.call('HMGET', KEYS[1], 'is', 'cancelled', 'how', 'opens')
if not run[1] then return {'gone'} end
if run[2] then return {'cancelled'} end
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return {'done'} end
local inputs = redis.call('GET', KEYS[3])
local border = redis.call('HGET', KEYS[4], ARGV[1])
if not inputs or not border then return {'expired'} end
return {'run', run[1], inputs, border, run[3], run[4]}`;

/** Keeps the first outcome of a chunk. KEYS run chunks out in care; ARGV ttl, first, outcomes, channel, is, border. Gives 1 when it was the first. */
export const COMMIT = `
if redis.call('HGET', KEYS[1], 'is') ~= ARGV[5] then return 0 end
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[6] then return 0 end
local isFirst = redis.call('HSETNX', KEYS[3], ARGV[2], ARGV[3])
if isFirst == 1 then
  redis.call('UNLINK', KEYS[4], KEYS[5])
  for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
end
redis.call('PUBLISH', ARGV[4], 'done ' .. ARGV[2])
return isFirst`;

/**
 * A try of one item, counted before it begins; once, also when it is sent again after a lost answer, which its token tells.
 * KEYS care; ARGV ttl, index, most tries, token. Gives 'known', 'spent' or 'try'.
 */
export const TRY = `
if redis.call('HEXISTS', KEYS[1], 'r' .. ARGV[2]) == 1 then return 'known' end
if redis.call('HGET', KEYS[1], 'k' .. ARGV[2]) == ARGV[4] then return 'try' end
local tries = redis.call('HINCRBY', KEYS[1], 't' .. ARGV[2], 1)
redis.call('HSET', KEYS[1], 'k' .. ARGV[2], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
if tries > tonumber(ARGV[3]) then return 'spent' end
return 'try'`;

/**
 * Ends a run for all its clients. KEYS run; ARGV error, channel, opens. Nothing, if somebody has opened the run since the chunk was fetched
 * that failed: who resumes it, after what was wrong was put right, would hear of the old failure. One that is still there comes again,
 * with the next try of its chunk.
 */
export const FAIL = `
if redis.call('HGET', KEYS[1], 'opens') ~= ARGV[3] then return end
redis.call('HSETNX', KEYS[1], 'failure', ARGV[1])
redis.call('PUBLISH', ARGV[2], 'failed')`;

/** KEYS run; ARGV channel of the run, channel of the project, run. */
export const CANCEL = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'cancelled', '1') end
redis.call('PUBLISH', ARGV[1], 'cancelled')
redis.call('PUBLISH', ARGV[2], 'cancelled ' .. ARGV[3])`;

/**
 * How the chunks of a client stand; puts off the end of the run. Writes, so that a full memory is noticed.
 * KEYS run chunks out, in:F of each chunk; ARGV ttl, F of each. Gives failure, cancelled, and per chunk 'done', 'sent' or 'lost'.
 */
export const LOOK = `
local run = redis.call('HMGET', KEYS[1], 'is', 'failure', 'cancelled')
if not run[1] then return {'gone'} end
redis.call('HINCRBY', KEYS[1], 'looks', 1)
for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
local states = {run[2] or '', run[3] or ''}
for i = 2, #ARGV do
  if redis.call('HEXISTS', KEYS[3], ARGV[i]) == 1 then states[#states + 1] = 'done'
  elseif redis.call('PEXPIRE', KEYS[i + 2], ARGV[1]) == 1 then states[#states + 1] = 'sent'
  else states[#states + 1] = 'lost' end
end
return states`;

/** KEYS beats nodes; ARGV id, card, ms after which a silent node is forgotten. */
export const BEAT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3])) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end`;

/** The cards of nodes heard of within so many ms. KEYS beats nodes; ARGV ms. */
export const NODES = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local cards = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[1], '+inf')) do
  cards[#cards + 1] = redis.call('HGET', KEYS[2], id) or ''
end
return cards`;

/** KEYS wants modules; ARGV id, what it is, ms, channel. */
export const WANT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
if known == 1 then redis.call('PUBLISH', ARGV[4], 'want') end`;

/** The modules that are wanted now; forgets the others. KEYS wants modules. */
export const WANTED = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end
return redis.call('HGETALL', KEYS[2])`;
